import type { Aggregate, AggregateDocument } from '#messaging';
import { trustedDistrict } from '#platform';
import { advance, blank } from '../../../libs/messaging/src/store/document.js';

/** What does not agree, in words; fast-check shrinks the commands that led to it. */
export function same(found: unknown, wanted: unknown, what: string): void {
  const [is, be] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (is !== be) throw new Error(`${what}: ${is}, and the model says ${be}`);
}

/**
 * One aggregate as messaging keeps it: events are folded into its document and numbered by messaging's own `advance`,
 * which also holds each published one against its contract. Whatever was folded is frozen: who changes it is caught.
 */
export class Kept<S, E extends { type: string }> {
  document: AggregateDocument<S>;

  constructor(
    private readonly aggregate: Aggregate<S, E>,
    id: string,
  ) {
    this.document = blank<S>(trustedDistrict('moon'), id);
  }

  get state(): S {
    return this.document.state;
  }

  take(events: readonly E[], now: string): readonly E[] {
    const before = this.document;
    const after = advance(this.aggregate, before, events, now);
    if (events.length > 0) this.document = { ...after, version: before.version + 1 };
    freeze(this.document.state);
    const added = after.events.slice(before.events.length);
    added.forEach((event, i) => {
      if (event.n !== before.count + i + 1)
        throw new Error(`event ${event.n} comes after ${before.count + i}`);
      const last = after.events.findLast((one) => one.key === event.key && one.n < event.n)?.seq ?? 0;
      if (event.seq !== last + 1) throw new Error(`seq ${event.seq} of ${event.key} comes after ${last}`);
    });
    if (after.count !== after.events.length)
      throw new Error(`${after.count} events counted, ${after.events.length} kept`);
    return events;
  }
}

/** Deep, and cheap: what is frozen already is frozen all the way down. */
function freeze(value: unknown): void {
  if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
}

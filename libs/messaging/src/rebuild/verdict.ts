import { BSON } from 'mongodb';
import type { AggregateDocument } from '../store/document.js';
import type { Verdict } from './rebuild.js';

type Compared = Pick<AggregateDocument, 'state' | 'index' | 'seen' | 'wakeAt'>;

/**
 * What a live document is beside its copy. Who has taken more events is told by `seen`; with the same events, by the
 * bytes. @param notes fields of state and index that the service marks for itself; they come from no event.
 */
export function verdictOf(
  live: Compared | undefined,
  copy: Compared | undefined,
  notes: readonly string[] = [],
): Verdict {
  if (!live) return 'missing';
  if (!copy) return 'unknown';
  if (lacks(copy, live)) return 'ahead';
  if (lacks(live, copy)) return 'behind';
  return Buffer.compare(bytesOf(live, notes), bytesOf(copy, notes)) === 0 ? 'same' : 'different';
}

/** Whether `one` has not taken everything that `other` has. */
function lacks(one: Compared, other: Compared): boolean {
  return other.seen.some(({ publisher, key, seq }) => {
    const taken = one.seen.find((entry) => entry.publisher === publisher && entry.key === key);
    return (taken?.seq ?? 0) < seq;
  });
}

/** Everything that follows from events, as it is stored. The version is not among it: it counts writes. */
function bytesOf({ state, index, seen, wakeAt }: Compared, notes: readonly string[]): Uint8Array {
  return BSON.serialize(
    { state: without(state, notes), index: without(index, notes), seen, ...(wakeAt && { wakeAt }) },
    { ignoreUndefined: true },
  );
}

function without(value: unknown, notes: readonly string[]): unknown {
  if (notes.length === 0 || value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !notes.includes(name)));
}

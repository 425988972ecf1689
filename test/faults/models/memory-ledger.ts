import { Logger } from '@nestjs/common';
import type { AggregateDocument, StoredEvent } from '#messaging';
import type { Publisher } from '#contracts';
import { trustedDistrict } from '#platform';
import { Batch } from '../../../libs/messaging/src/consume/batch.js';
import type { Fetched } from '../../../libs/messaging/src/consume/batch.js';
import { Effects } from '../../../libs/messaging/src/consume/effects.js';
import type { Handle } from '../../../libs/messaging/src/consume/effects.js';
import type { ParkedEvent } from '../../../libs/messaging/src/consume/parked-event.js';
import type { ParkedEvents } from '../../../libs/messaging/src/consume/parked.js';
import { toMessage } from '../../../libs/messaging/src/publish/wire.js';
import { FollowLoops } from '../../../apps/reporting/src/ledger/follow-loops.js';
import type { LedgerEvent } from '../../../apps/reporting/src/ledger/facts.js';
import { rowAggregate } from '../../../apps/reporting/src/ledger/row.js';
import type { Row } from '../../../apps/reporting/src/ledger/row.js';
import type { DirtyRow, RowStore } from '../../../apps/reporting/src/ledger/row.store.js';
import { bucketId, bucketsOf, sumUp } from '../../../apps/reporting/src/rollups/bucket.js';
import type { Bucket, RollUp } from '../../../apps/reporting/src/rollups/bucket.js';
import { daysIn } from '../../../apps/reporting/src/rollups/days.js';
import { Recount } from '../../../apps/reporting/src/rollups/recount.js';
import type { RollUpStore } from '../../../apps/reporting/src/rollups/rollup.store.js';
import type { Share } from '../../../apps/reporting/src/rollups/share.js';
import { MemoryStore } from './memory-store.js';

const moon = trustedDistrict('moon');
const days = daysIn('America/Los_Angeles');

/** An event as a broker gives it. */
export function fetchedOf(publisher: Publisher, event: StoredEvent): Fetched {
  const { value, headers } = toMessage(publisher, moon, event);
  const message = { value: Buffer.from(value!), headers } as unknown as Fetched['message'];
  return { topic: publisher, partition: 0, message };
}

/** What waits, in memory: the four words that a batch has for it. */
class MemoryParked {
  readonly events = new Map<string, ParkedEvent>();

  async park(events: ParkedEvent[]): Promise<void> {
    for (const event of events) if (!this.events.has(event._id)) this.events.set(event._id, event);
  }
  async under(holdKeys: string[]): Promise<Map<string, ParkedEvent[]>> {
    return Map.groupBy(
      [...this.events.values()].filter(({ holdKey }) => holdKeys.includes(holdKey!)),
      ({ holdKey }) => holdKey!,
    );
  }
  async remove(ids: string[]): Promise<void> {
    for (const id of ids) this.events.delete(id);
  }
  async failedAgain(): Promise<void> {
    throw new Error('an event of a loop could not be learned');
  }
}

/**
 * Reporting without its engines: messaging's own batches, folds, seen-numbers and gaps, reporting's own handler, rows and
 * recounts, over documents in memory. `turn` is awaited wherever a database would be, so that what runs at the same
 * time interleaves as chance has it.
 */
export class MemoryLedger {
  readonly rows = new MemoryStore(rowAggregate);
  readonly parked = new MemoryParked();
  readonly rollUps = new Map<string, { rollUp: RollUp; version: number }>();
  private readonly batch: Batch;
  readonly recount: Recount;

  constructor(private readonly turn: () => Promise<void> = async () => undefined) {
    Logger.overrideLogger(false);
    const follow = new FollowLoops({ soon: () => undefined } as unknown as Recount);
    const handle: Handle = () => async (event, given) =>
      follow.learn(event as unknown as LedgerEvent, given as never);
    const effects = new Effects(
      handle,
      (_, run) => run(),
      () => undefined,
    );
    const targets = { inputId: { store: this.rows.asStore() } };
    this.batch = new Batch(targets, effects, this.parked as unknown as ParkedEvents, turn);
    this.recount = new Recount(this.rowStore() as RowStore, this.rollUpStore() as RollUpStore);
  }

  async take(fetched: Fetched[]): Promise<void> {
    await this.batch.take(fetched);
  }

  /** Recounts until nothing is dirty. */
  async recountAll(): Promise<void> {
    while ((await this.recount.pass(moon)) > 0);
  }

  row(inputId: string): AggregateDocument<Row> | undefined {
    return this.rows.documents.get(`moon/${inputId}`) as AggregateDocument<Row> | undefined;
  }

  /** Everything that a report may be made of, as it would be had it been counted from the rows just now. */
  counted(): Map<string, RollUp> {
    const buckets = new Map<string, Bucket>();
    for (const { state } of this.rows.documents.values())
      for (const bucket of bucketsOf((state as Row).facts, days)) buckets.set(bucketId(bucket), bucket);
    return new Map([...buckets].map(([id, bucket]) => [id, sumUp(bucket, this.shares(bucket), days)]));
  }

  private shares({ kind, orgId, day }: Bucket): Share[] {
    const { from, to } = boundsOf(day);
    const within = (at: number): boolean => at >= from && at < to;
    return [...this.rows.documents.values()].flatMap(({ index }) => {
      const {
        orgId: its,
        raisedAt,
        dues,
        share,
      } = index as { orgId?: string; raisedAt?: number; dues: number[]; share?: Share };
      const counts = its === orgId && share && (kind === 'raised' ? within(raisedAt!) : dues.some(within));
      return counts ? [share] : [];
    });
  }

  /** The queries of RowStore, over memory. */
  private rowStore(): Pick<RowStore, 'dirty' | 'shares' | 'clean'> {
    const all = (): AggregateDocument<Row>[] => [...this.rows.documents.values()] as AggregateDocument<Row>[];
    const turn = (): Promise<void> => this.turn();
    return {
      dirty: async function* () {
        await turn();
        yield* all()
          .filter(({ index }) => index['dirty'] === true)
          .map(({ id, _id, version, state }): DirtyRow => ({ id, documentId: _id, version, row: state }));
      },
      shares: async (_, kind, orgId, { from }) => {
        await this.turn();
        return this.shares({ kind, orgId, day: days.of(from) });
      },
      clean: async (counted) => {
        await this.turn();
        for (const { documentId, version } of counted) {
          const row = this.rows.documents.get(documentId) as AggregateDocument<Row>;
          if (row.version !== version) continue;
          const { dirty: _, ...index } = row.index;
          this.rows.documents.set(documentId, {
            ...row,
            version: version + 1,
            index,
            state: { ...row.state, dirty: false },
          });
        }
      },
    };
  }

  private rollUpStore(): Pick<RollUpStore, 'versions' | 'put'> {
    return {
      versions: async (_, buckets) => {
        await this.turn();
        return new Map(buckets.map(bucketId).map((id) => [id, this.rollUps.get(id)?.version ?? 0]));
      },
      put: async (_, all, versions) => {
        await this.turn();
        const unchanged = all.filter((rollUp) => {
          const id = bucketId(rollUp);
          return (this.rollUps.get(id)?.version ?? 0) === (versions.get(id) ?? 0);
        });
        for (const rollUp of unchanged) {
          const id = bucketId(rollUp);
          this.rollUps.set(id, { rollUp, version: (versions.get(id) ?? 0) + 1 });
        }
        return unchanged.map(bucketId);
      },
    };
  }
}

const bounds = new Map<string, { from: number; to: number }>();
function boundsOf(day: string): { from: number; to: number } {
  const known = bounds.get(day) ?? days.bounds(day);
  bounds.set(day, known);
  return known;
}

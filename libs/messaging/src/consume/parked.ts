import type { Collection, Db, Filter } from 'mongodb';
import { Problem, config, duplicatesOf } from '#platform';
import type { District, Page } from '#platform';
import { crashPoint } from '../crash-point.js';
import { backOff, gapPatienceMs, gapReason } from './parked-event.js';
import type { ParkedEvent } from './parked-event.js';

const lookForOthersMs = 10_000;
const postponedMs = 30_000;

/** Events that could not be applied, kept durably before their offset is committed. A key is held while any of its events is here. */
export class ParkedEvents {
  private readonly collection: Collection<ParkedEvent>;
  private some = true;
  private checkedAt = 0;
  private waits = false;
  private askedAt = 0;

  /** @param name another collection than the service's own, for a rebuild's copy. */
  constructor(db: Db, name = 'parked') {
    this.collection = db.collection<ParkedEvent>(name, {
      writeConcern: { w: 'majority', journal: true },
    });
  }

  async ensureIndexes(): Promise<void> {
    await this.collection.createIndex({ holdKey: 1 });
    await this.collection.createIndex({ kind: 1, nextTryAt: 1, holdKey: 1 });
    await this.collection.createIndex({ district: 1, parkedAt: 1 });
  }

  /** Parks events; one that is already here stays as it is. */
  async park(events: ParkedEvent[]): Promise<void> {
    if (events.length === 0) return;
    this.some = true;
    const step = events.every(({ kind }) => kind === 'behind' || kind === 'gap') ? 'hold' : 'park';
    crashPoint(`before ${step}`);
    try {
      await this.collection.insertMany(events, { ordered: false });
    } catch (error) {
      duplicatesOf(error);
    } finally {
      this.waits = true;
    }
    crashPoint(`after ${step}`);
  }

  /**
   * What is parked under these keys, oldest first: the waiting ones by key, and the discarded ids. Asks the database
   * only while anything is parked, or was discarded (looked up once a second): when another instance parked in between, the
   * gap in seq keeps the order.
   */
  async under(holdKeys: string[]): Promise<Map<string, ParkedEvent[]>> {
    if (!(await this.any())) return new Map();
    const found = await this.collection
      .find({ holdKey: { $in: holdKeys } })
      .sort({ parkedAt: 1, seq: 1 })
      .toArray();
    return Map.groupBy(found, (one) => one.holdKey!);
  }

  /** Where events wait under these keys, without what they say. */
  async placesUnder(holdKeys: string[]): Promise<Map<string, ParkedEvent[]>> {
    const found = await this.collection
      .find(
        { holdKey: { $in: holdKeys }, kind: { $ne: 'discarded' } },
        { projection: { value: 0, headers: 0 } },
      )
      .sort({ parkedAt: 1, seq: 1 })
      .toArray();
    return Map.groupBy(found, (one) => one.holdKey!);
  }

  async remove(ids: string[]): Promise<void> {
    if (ids.length === 0) return;
    crashPoint('before release');
    await this.collection.deleteMany({ _id: { $in: ids }, kind: { $ne: 'discarded' } });
    crashPoint('after release');
  }

  /** Its next try is later each time; what waits `behind` it is not tried before. It was a gap, perhaps, until now. */
  async failedAgain(id: string, reason: string, tries: number, behind: string[] = []): Promise<void> {
    const nextTryAt = new Date(Date.now() + backOff(tries) * 1000);
    if (behind.length > 0)
      await this.collection.updateMany(
        { _id: { $in: behind }, kind: { $in: ['behind', 'gap'] } },
        { $set: { kind: 'behind', reason: `waits behind ${id}`, nextTryAt } },
      );
    await this.collection.updateOne(
      { _id: id, kind: { $ne: 'discarded' } },
      { $set: { reason, tries, nextTryAt, kind: 'failed' } },
    );
  }

  /** Nothing holds them any more but an event that has not come: its publisher is to be asked for it. */
  async areGaps(ids: string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.collection.updateMany(
      { _id: { $in: ids }, kind: { $in: ['failed', 'behind'] } },
      { $set: { kind: 'gap', reason: gapReason, nextTryAt: new Date(Date.now() + gapPatienceMs) } },
    );
  }

  /** Nothing under this key is tried for a while: trying it failed in a way that says nothing about any of its events. */
  async postpone(holdKey: string): Promise<void> {
    await this.collection.updateMany(
      { holdKey, kind: { $in: ['failed', 'behind'] } },
      { $set: { nextTryAt: new Date(Date.now() + postponedMs) } },
    );
  }

  /** Bytes that this build cannot read either: kept, with what it says of them. */
  async stillUnreadable(id: string, reason: string): Promise<void> {
    await this.collection.updateOne(
      { _id: id, kind: 'unreadable' },
      { $set: { reason }, $inc: { tries: 1 } },
    );
  }

  /** Keys that have an event whose next try is due, the longest due first. */
  async dueKeys(limit: number): Promise<string[]> {
    const found = await this.collection
      .aggregate<{ _id: string }>([
        { $match: { kind: { $in: ['failed', 'behind'] }, nextTryAt: { $lte: new Date() } } },
        { $group: { _id: '$holdKey', since: { $min: '$nextTryAt' } } },
        { $sort: { since: 1, _id: 1 } },
        { $limit: limit },
      ])
      .toArray();
    return found.map(({ _id }) => _id);
  }

  /** Gaps older than a minute; each is returned once a minute. */
  async oldGaps(limit: number): Promise<ParkedEvent[]> {
    const found = await this.collection
      .find({ kind: 'gap', nextTryAt: { $lte: new Date() } })
      .limit(limit)
      .toArray();
    const nextTryAt = new Date(Date.now() + gapPatienceMs);
    await this.collection.updateMany({ _id: { $in: found.map((one) => one._id) } }, { $set: { nextTryAt } });
    return found;
  }

  /** For people: what waits, or what was discarded and why; never its content. */
  async list(
    district: District,
    limit: number,
    cursor?: string,
    discarded = false,
  ): Promise<Page<ParkedEvent>> {
    const found = await this.collection
      .find(
        {
          kind: discarded ? 'discarded' : { $ne: 'discarded' },
          ...visibleTo(district),
          ...(cursor && { _id: { $gt: cursor } }),
        },
        { projection: { value: 0 } },
      )
      .sort({ _id: 1 })
      .limit(limit + 1)
      .toArray();
    const items = found.slice(0, limit);
    return { items, ...(found.length > limit && { next: items.at(-1)!._id }) };
  }

  async get(district: District, id: string): Promise<ParkedEvent | undefined> {
    const found = await this.collection.findOne({ _id: id, ...visibleTo(district) });
    return found ?? undefined;
  }

  /** Remembers by event id that it is skipped, by whom and why. An input.raised is never discarded, only repaired. */
  async discard(event: ParkedEvent, by: string, why: string): Promise<void> {
    if (event.type === 'input.raised') {
      throw new Problem(409, undefined, {
        detail:
          'An input.raised is never discarded: a person would go unheard. Repair the cause and replay it.',
      });
    }
    const { matchedCount } = await this.collection.updateOne(
      { _id: event._id, kind: { $ne: 'discarded' } },
      { $set: { kind: 'discarded', discarded: { by, why, at: new Date() } }, $unset: { nextTryAt: '' } },
    );
    if (matchedCount === 0)
      throw new Problem(409, undefined, { detail: 'It waits no longer: read the list again.' });
  }

  /**
   * Whether anything waits, by reading one entry at most. What this instance parked counts at once; while it knows of
   * nothing, what another one parked is looked for every ten seconds only.
   */
  async anyWaits(): Promise<boolean> {
    if (!this.waits && Date.now() - this.askedAt < lookForOthersMs) return false;
    this.waits = false;
    const one = await this.collection.findOne({ kind: { $ne: 'discarded' } }, { projection: { _id: 1 } });
    this.askedAt = Date.now();
    // What was parked meanwhile is not forgotten.
    this.waits ||= one !== null;
    return this.waits;
  }

  async count(): Promise<number> {
    return this.collection.countDocuments({ kind: { $ne: 'discarded' } });
  }

  private async any(): Promise<boolean> {
    if (Date.now() - this.checkedAt > 1_000) {
      this.some = (await this.collection.findOne({}, { projection: { _id: 1 } })) !== null;
      this.checkedAt = Date.now();
    }
    return this.some;
  }
}

/** What belongs to no district that is served here: the first one's IT runs the installation and sees it. */
export function visibleTo(district: District): Filter<ParkedEvent> {
  const operates = config().districts[0]!.id === district;
  return { district: operates ? { $in: [district, null as unknown as District] } : district };
}

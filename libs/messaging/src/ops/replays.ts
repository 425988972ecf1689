import type { Collection, Db, Filter } from 'mongodb';
import { invalid, isDuplicateKey } from '#platform';
import type { District, Page } from '#platform';
import { visibleTo } from '../consume/parked.js';
import type { ParkedEvent } from '../consume/parked-event.js';

/** What somebody asked to have tried again: who, why, and how far it is. Kept as the record of it. */
export interface Replay {
  /** `district/id` */
  _id: string;
  id: string;
  district: District;
  by: string;
  why: string;
  /** Events of this type only, with all that waits under their keys. */
  type?: string;
  /** One parked event was named; else all that wait. */
  event?: string;
  state: 'running' | 'done';
  /** Events that waited when it began; what is parked later is not part of it. */
  total: number;
  /** Of those, how many were tried, or need it no more. */
  done: number;
  /** Of those that were tried, how many wait still. */
  stillWaiting: number;
  startedAt: Date;
  finishedAt?: Date;
}

/** What a bulk replay goes to: the place of a parked event, without its content. */
export type Place = Pick<ParkedEvent, '_id' | 'holdKey' | 'parkedAt'>;

const options = { writeConcern: { w: 'majority', journal: true } } as const;
const waiting: ParkedEvent['kind'][] = ['failed', 'behind', 'gap', 'unreadable'];

/**
 * Replays as they are ordered and how far they have come. What was tried in vain is marked with the replay in its own
 * parked record, so that a worker that takes over after a kill goes on with the rest.
 */
export class Replays {
  private readonly replays: Collection<Replay>;
  private readonly parked: Collection<ParkedEvent>;

  constructor(db: Db) {
    this.replays = db.collection<Replay>('replays', options);
    this.parked = db.collection<ParkedEvent>('parked', options);
  }

  async ensureIndexes(): Promise<void> {
    await this.replays.createIndex({ state: 1, startedAt: 1 });
    await this.replays.createIndex({ district: 1, startedAt: -1 });
  }

  /** Orders everything that waits now to be tried again. The same id again changes nothing. */
  async begin(district: District, id: string, order: Pick<Replay, 'by' | 'why' | 'type'>): Promise<Replay> {
    const startedAt = new Date();
    const total = await this.parked.countDocuments(partOf({ district, startedAt, ...order }));
    return this.keep({
      _id: `${district}/${id}`,
      id,
      district,
      ...order,
      state: total === 0 ? 'done' : 'running',
      total,
      done: 0,
      stillWaiting: 0,
      startedAt,
      ...(total === 0 && { finishedAt: startedAt }),
    });
  }

  /** The record of one event that a person has tried at once; `ended` says with what result. */
  async beginOne(district: District, id: string, order: Pick<Replay, 'by' | 'why' | 'event'>): Promise<void> {
    const facts = { state: 'done', total: 1, done: 1, stillWaiting: 1, startedAt: new Date() } as const;
    await this.keep({ _id: `${district}/${id}`, id, district, ...order, ...facts });
  }

  async ended(district: District, id: string, stillWaiting: number): Promise<void> {
    const _id = `${district}/${id}`;
    await this.replays.updateOne({ _id }, { $set: { stillWaiting, finishedAt: new Date() } });
  }

  async get(district: District, id: string): Promise<Replay | undefined> {
    const found = await this.replays.findOne({ _id: `${district}/${id}` });
    return found ? this.now(found) : undefined;
  }

  /** Newest first. */
  async list(district: District, limit: number, cursor?: string): Promise<Page<Replay>> {
    const found = await this.replays
      .find({ district, ...(cursor && olderThan(cursor)) })
      .sort({ startedAt: -1, _id: 1 })
      .limit(limit + 1)
      .toArray();
    const items = await Promise.all(found.slice(0, limit).map((one) => this.now(one)));
    const last = items.at(-1);
    const next = found.length > limit && last && `${last.startedAt.toISOString()}~${last._id}`;
    return { items, ...(next && { next }) };
  }

  /** The one to work on: the oldest that is not done. */
  async running(): Promise<Replay | undefined> {
    const found = await this.replays.findOne({ state: 'running' }, { sort: { startedAt: 1 } });
    return found ?? undefined;
  }

  /** What it has not tried yet, oldest first; `from` spares the way past what an earlier page took. */
  async untried(replay: Replay, from: Date | undefined, limit: number): Promise<Place[]> {
    const parkedAt = { ...(from && { $gte: from }), $lte: replay.startedAt };
    return this.parked
      .find({ ...partOf(replay), replay: { $ne: replay.id }, parkedAt })
      .project<Place>({ holdKey: 1, parkedAt: 1 })
      .sort({ parkedAt: 1 })
      .limit(limit)
      .toArray();
  }

  /** What still waits after these were tried is not tried by this replay again. */
  async tried(replay: Replay, places: Place[]): Promise<void> {
    const keys = [...new Set(places.flatMap(({ holdKey }) => holdKey ?? []))];
    const of = { $or: [{ holdKey: { $in: keys } }, { _id: { $in: places.map(({ _id }) => _id) } }] };
    await this.parked.updateMany(
      { ...of, kind: { $in: waiting }, parkedAt: { $lte: replay.startedAt } },
      { $set: { replay: replay.id } },
    );
  }

  /** @returns it as it ended. */
  async finish(replay: Replay): Promise<Replay> {
    const { done, stillWaiting } = await this.now(replay);
    const end = { state: 'done', done, stillWaiting, finishedAt: new Date() } as const;
    await this.replays.updateOne({ _id: replay._id, state: 'running' }, { $set: end });
    return { ...replay, ...end };
  }

  /** Written unless it is there: then that one counts. */
  private async keep(replay: Replay): Promise<Replay> {
    try {
      await this.replays.insertOne(replay);
      return replay;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return (await this.get(replay.district, replay.id)) ?? replay;
    }
  }

  /** With its progress counted, while it runs. */
  private async now(replay: Replay): Promise<Replay> {
    if (replay.state === 'done') return replay;
    const [stillWaiting, left] = await Promise.all([
      this.parked.countDocuments({ ...partOf(replay), replay: replay.id }),
      this.parked.countDocuments({ ...partOf(replay), replay: { $ne: replay.id } }),
    ]);
    return { ...replay, done: Math.max(0, replay.total - left), stillWaiting };
  }
}

/** @throws Problem 422 for anything but the `next` of an earlier page. */
function olderThan(cursor: string): Filter<Replay> {
  const [at = '', after = ''] = cursor.split('~');
  const startedAt = new Date(at);
  if (Number.isNaN(startedAt.getTime()))
    throw invalid('cursor', 'cursor', 'cursor must be the next of an earlier page.');
  return { $or: [{ startedAt: { $lt: startedAt } }, { startedAt, _id: { $gt: after } }] };
}

/** The parked events that a replay is about. */
function partOf({ district, startedAt, type }: Pick<Replay, 'district' | 'startedAt' | 'type'>) {
  return {
    ...visibleTo(district),
    kind: { $in: waiting },
    parkedAt: { $lte: startedAt },
    ...(type && { type }),
  } satisfies Filter<ParkedEvent>;
}

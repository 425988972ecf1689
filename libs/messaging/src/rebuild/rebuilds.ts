import type { Collection, Db, MatchKeysAndValues } from 'mongodb';
import type { Publisher } from '#contracts';
import { Problem, isDuplicateKey, sameBody } from '#platform';
import type { Command, District, Page } from '#platform';
import { nothingCompared } from './rebuild.js';
import type { Owner, Rebuild, RebuildRequest, RebuildState } from './rebuild.js';

/** This rebuild has ended, or another instance works on it now. */
export class NotOurs extends Error {
  override readonly name = 'NotOurs';
}

/**
 * The records of rebuilds. Whoever works on one writes as its holder, and is told when it is that no longer: so an
 * instance that stalled concludes nothing from a copy that was dropped meanwhile.
 */
export class Rebuilds {
  private readonly collection: Collection<Rebuild>;

  constructor(
    db: Db,
    private readonly holder: string,
  ) {
    this.collection = db.collection<Rebuild>('rebuilds', { writeConcern: { w: 'majority', journal: true } });
  }

  async ensureIndexes(): Promise<void> {
    await this.collection.createIndex(
      { running: 1 },
      { unique: true, partialFilterExpression: { running: true } },
    );
    await this.collection.createIndex({ district: 1, startedAt: -1 });
  }

  /** The same command again gives what it began. @throws Problem 409 while another one runs. */
  async begin(district: District, command: Command, request: RebuildRequest): Promise<Rebuild> {
    const rebuild: Rebuild = {
      _id: command.id,
      digest: command.digest,
      district,
      ...request,
      state: 'reading',
      running: true,
      startedAt: new Date(),
      read: { messages: 0, left: 0 },
      owners: {},
      compared: nothingCompared(),
      parked: 0,
      examples: [],
    };
    try {
      await this.collection.insertOne(rebuild);
      return rebuild;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const begun = await this.get(district, command.id);
      if (begun) {
        sameBody(command, begun.digest);
        return begun;
      }
      const there = await this.running();
      const which = there?.district === district ? `Rebuild ${there._id}` : 'Another district’s rebuild';
      throw new Problem(409, undefined, {
        detail: `${which} is running: wait for its end, or cancel it. One runs at a time.`,
      });
    }
  }

  async running(): Promise<Rebuild | undefined> {
    return (await this.collection.findOne({ running: true })) ?? undefined;
  }

  /** Which of these have ended. */
  async ended(ids: string[]): Promise<string[]> {
    const found = await this.collection
      .find({ _id: { $in: ids }, running: { $exists: false } }, { projection: { _id: 1 } })
      .toArray();
    return found.map(({ _id }) => _id);
  }

  async get(district: District, id: string): Promise<Rebuild | undefined> {
    return (await this.collection.findOne({ _id: id, district })) ?? undefined;
  }

  /** The newest first. */
  async list(district: District, limit: number, cursor?: string): Promise<Page<Rebuild>> {
    const before = cursor === undefined ? undefined : new Date(cursor);
    const found = await this.collection
      .find({ district, ...(before && { startedAt: { $lt: before } }) })
      .sort({ startedAt: -1 })
      .limit(limit + 1)
      .toArray();
    const items = found.slice(0, limit);
    return { items, ...(found.length > limit && { next: items.at(-1)!.startedAt.toISOString() }) };
  }

  /** Works on it from now on; false when it has ended. */
  async take(id: string): Promise<boolean> {
    const result = await this.collection.updateOne(
      { _id: id, running: true },
      { $set: { holder: this.holder } },
    );
    return result.matchedCount === 1;
  }

  /** Notes how far it is, and gives what others noted. @throws NotOurs */
  async tell(id: string, progress: MatchKeysAndValues<Rebuild>): Promise<Rebuild> {
    const after = await this.collection.findOneAndUpdate(
      { _id: id, running: true, holder: this.holder },
      // The holder again, because an empty change is refused.
      { $set: { ...progress, holder: this.holder } },
      { returnDocument: 'after' },
    );
    if (!after) throw new NotOurs(`rebuild ${id}`);
    return after;
  }

  /** An owner says how far it is; what it said before is never taken back. */
  async ownerTold(id: string, publisher: Publisher, { documents, events, done }: Owner): Promise<void> {
    const field = `owners.${publisher}`;
    await this.collection.updateOne(
      { _id: id, running: true, [field]: { $exists: true } },
      {
        $max: { [`${field}.documents`]: documents, [`${field}.events`]: events, [`${field}.done`]: done },
      },
    );
  }

  /** @throws NotOurs */
  async end(id: string, state: RebuildState, reason?: string): Promise<void> {
    const result = await this.collection.updateOne(
      { _id: id, running: true, holder: this.holder },
      { $set: { state, endedAt: new Date(), ...(reason && { reason }) }, $unset: { running: '' } },
    );
    if (result.matchedCount === 0) throw new NotOurs(`rebuild ${id}`);
  }

  /** By a person; whoever works on it stops when it next notes something. */
  async cancel(district: District, id: string, by: string, why: string): Promise<void> {
    const result = await this.collection.updateOne(
      { _id: id, district, running: true },
      {
        $set: { state: 'cancelled', endedAt: new Date(), reason: `cancelled by ${by}: ${why}` },
        $unset: { running: '' },
      },
    );
    if (result.matchedCount === 0)
      throw new Problem(409, undefined, { detail: 'It has ended already; only a running one is cancelled.' });
  }
}

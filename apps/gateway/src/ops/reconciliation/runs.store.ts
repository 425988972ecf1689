import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { Collection, Db } from 'mongodb';
import { DATABASE, invalid } from '#platform';
import type { District, Page } from '#platform';

/** What a walk over all inputs came to; every accepted input is in one of the five sums. */
export interface Sums {
  accepted: number;
  open: number;
  closed: number;
  parked: number;
  inFlight: number;
  /** Inputs that differ, with those that no origin accepted, which are not among `accepted`. */
  differing: number;
}

/** One reconciliation, as it runs and as it is kept. */
export interface Run extends Sums {
  /** `district/id` */
  _id: string;
  id: string;
  district: District;
  /** Who asked for it; `schedule` when nobody did. */
  by: string;
  state: 'running' | 'done' | 'failed';
  startedAt: Date;
  /** Moves while its gateway lives. */
  aliveAt: Date;
  finishedAt?: Date;
  /** Inputs accepted until then are counted. */
  asOf: Date;
  /** Inputs looked at so far, and about how many there are. */
  walked: number;
  expected: number;
  /** The first of those that differ: a thousand while it runs, twenty when it is kept. The newest are all in `lagging`. */
  differences: Difference[];
  repair?: { asked: number; failed: number };
  failure?: string;
}

export interface Difference {
  inputId: string;
  where: string;
  stoppedAt: string;
  what: string;
  publisher?: string;
  reader?: string;
  written?: number;
  published?: number;
  taken?: number;
  since: string;
  says: string;
}

/** Runs that are kept, a district. */
const kept = 200;
/** Differences that are kept with a run. */
const keptDifferences = 20;
/** A run whose gateway has not shown life for so long has ended with it, in ms. */
const deadAfterMs = 30_000;

/** The last reconciliations of each district. */
@Injectable()
export class RunStore implements OnModuleInit {
  private readonly collection: Collection<Run>;

  constructor(@Inject(DATABASE) db: Db) {
    this.collection = db.collection<Run>('reconciliations', {
      writeConcern: { w: 'majority', journal: true },
    });
  }

  async onModuleInit(): Promise<void> {
    await this.collection.createIndex({ district: 1, startedAt: -1 });
  }

  /** Writes a new run, ends those that died with their gateway, and lets go of the oldest. */
  async begin(run: Run): Promise<void> {
    const { district } = run;
    await this.collection.updateMany(
      { district, state: 'running', aliveAt: { $lt: new Date(Date.now() - deadAfterMs) } },
      { $set: { state: 'failed', failure: 'its gateway stopped', finishedAt: new Date() } },
    );
    await this.collection.insertOne(run);
    const [oldest] = await this.collection
      .find({ district })
      .project<{ startedAt: Date }>({ startedAt: 1 })
      .sort({ startedAt: -1 })
      .skip(kept)
      .limit(1)
      .toArray();
    if (oldest) await this.collection.deleteMany({ district, startedAt: { $lte: oldest.startedAt } });
  }

  async update(run: Run): Promise<void> {
    const { _id, ...rest } = run;
    const differences = run.differences.slice(0, keptDifferences);
    await this.collection.updateOne({ _id, district: run.district }, { $set: { ...rest, differences } });
  }

  async get(district: District, id: string): Promise<Run | undefined> {
    return (await this.collection.findOne({ _id: `${district}/${id}`, district })) ?? undefined;
  }

  /** The newest that nobody asked for. */
  async lastScheduled(district: District): Promise<Run | undefined> {
    const found = await this.collection.findOne({ district, by: 'schedule' }, { sort: { startedAt: -1 } });
    return found ?? undefined;
  }

  /** The newest first; `cursor` is the id of the last of the page before. */
  async list(district: District, limit: number, cursor?: string): Promise<Page<Run>> {
    const last = cursor === undefined ? undefined : await this.get(district, cursor);
    if (cursor !== undefined && !last)
      throw invalid('cursor', 'cursor', 'cursor must be the next of an earlier page, not long ago.');
    const older = last
      ? {
          $or: [
            { startedAt: { $lt: last.startedAt } },
            { startedAt: last.startedAt, _id: { $gt: last._id } },
          ],
        }
      : {};
    const found = await this.collection
      .find({ district, ...older })
      .sort({ startedAt: -1, _id: 1 })
      .limit(limit + 1)
      .toArray();
    const items = found.slice(0, limit);
    return { items, ...(found.length > limit && { next: items.at(-1)!.id }) };
  }
}

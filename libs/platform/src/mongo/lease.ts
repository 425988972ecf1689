import type { Collection, Db, Document } from 'mongodb';
import { isDuplicateKey } from './failure.js';

/**
 * A hint of who does a job now, kept in MongoDB by the server's clock. Nothing depends on it being exclusive: what
 * the holder does is guarded by versions.
 */
export class Leases {
  private readonly collection: Collection<Document>;
  /** Until when (performance.now) a job is surely held: a loop that asks before each step need not ask the database. */
  private readonly sure = new Map<string, number>();

  constructor(
    db: Db,
    private readonly holder: string,
  ) {
    this.collection = db.collection('leases');
  }

  /** Takes or extends the lease; false while someone else has it. Asks the database after a quarter of that time. */
  async hold(job: string, milliseconds: number): Promise<boolean> {
    if (performance.now() < (this.sure.get(job) ?? 0)) return true;
    const asked = performance.now();
    if (!(await this.take(job, milliseconds))) return false;
    this.sure.set(job, asked + milliseconds / 4);
    return true;
  }

  async release(): Promise<void> {
    this.sure.clear();
    await this.collection.deleteMany({ holder: this.holder });
  }

  private async take(job: string, milliseconds: number): Promise<boolean> {
    const mine = {
      $or: [{ $eq: ['$holder', this.holder] }, { $lt: [{ $ifNull: ['$until', new Date(0)] }, '$$NOW'] }],
    };
    try {
      const after = await this.collection.findOneAndUpdate(
        { _id: job as never },
        [
          { $set: { mine } },
          {
            $set: {
              holder: { $cond: ['$mine', this.holder, '$holder'] },
              until: { $cond: ['$mine', { $add: ['$$NOW', milliseconds] }, '$until'] },
            },
          },
          { $unset: 'mine' },
        ],
        { upsert: true, returnDocument: 'after' },
      );
      return after?.['holder'] === this.holder;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }
}

import type { Collection, Db, Document } from 'mongodb';
import { isDuplicateKey } from './failure.js';

/**
 * A hint of who does a job now, kept in MongoDB by the server's clock. Nothing depends on it being exclusive: what
 * the holder does is guarded by versions.
 */
export class Leases {
  private readonly collection: Collection<Document>;

  constructor(
    db: Db,
    private readonly holder: string,
  ) {
    this.collection = db.collection('leases');
  }

  /** Takes or extends the lease; false while someone else has it. */
  async hold(job: string, milliseconds: number): Promise<boolean> {
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

  async release(): Promise<void> {
    await this.collection.deleteMany({ holder: this.holder });
  }
}

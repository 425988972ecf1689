import type { Collection, Db, Document } from 'mongodb';
import { isDuplicateKey } from '#platform';

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
    try {
      const result = await this.collection.updateOne(
        { _id: job as never, $or: [{ holder: this.holder }, { $expr: { $lt: ['$until', '$$NOW'] } }] },
        [{ $set: { holder: this.holder, until: { $add: ['$$NOW', milliseconds] } } }],
        { upsert: true },
      );
      return result.matchedCount + result.upsertedCount === 1;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  async release(): Promise<void> {
    await this.collection.deleteMany({ holder: this.holder });
  }
}

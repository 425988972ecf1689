import type { Collection, Db, Document } from 'mongodb';
import { documentId } from '../store/document.js';
import type { District } from '#platform';
import { unwrap } from './seal.js';
import type { Key } from './seal.js';

const remembered = 5_000;
/** Another instance may take the tombstone of a key that this one remembers. */
const rememberedMs = 60_000;

/** The keys that came on the compacted topic, for services that read words but are no origin. */
export class KeyRing {
  private readonly collection: Collection<Document>;
  private readonly cache = new Map<string, { key: Key; until: number }>();

  constructor(db: Db) {
    this.collection = db.collection('keys', { writeConcern: { w: 'majority', journal: true } });
  }

  /** The key of an input; undefined when it has not come yet, or is erased. */
  async keyOf(district: District, inputId: string): Promise<Key | undefined> {
    const id = documentId(district, inputId);
    const cached = this.cache.get(id);
    if (cached && cached.until > Date.now()) return cached.key;
    const found = await this.collection.findOne({ _id: id as never });
    if (typeof found?.['wrapped'] !== 'string') return undefined;
    const key = unwrap(found['wrapped']);
    this.cache.set(id, { key, until: Date.now() + rememberedMs });
    if (this.cache.size > remembered) this.cache.delete(this.cache.keys().next().value as string);
    return key;
  }

  /** Takes records of the key topic; a null key erases, and stays erased whatever is replayed. */
  async take(records: { id: string; wrapped: string | null }[]): Promise<void> {
    if (records.length === 0) return;
    for (const { id, wrapped } of records) if (wrapped === null) this.cache.delete(id);
    await this.collection.bulkWrite(
      records.map(({ id, wrapped }) =>
        wrapped === null
          ? {
              updateOne: {
                filter: { _id: id as never },
                update: { $set: { erased: true }, $unset: { wrapped: '' } },
                upsert: true,
              },
            }
          : {
              updateOne: {
                filter: { _id: id as never },
                update: [{ $set: { wrapped: { $cond: ['$erased', '$$REMOVE', wrapped] } } }],
                upsert: true,
              },
            },
      ),
      { ordered: true },
    );
  }
}

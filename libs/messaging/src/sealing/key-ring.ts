import type { Collection, Db, Document } from 'mongodb';
import { documentId } from '../store/document.js';
import { duplicatesOf } from '#platform';
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
    const erased = new Set(records.filter(({ wrapped }) => wrapped === null).map(({ id }) => id));
    const wrapped = new Map(records.map((record) => [record.id, record.wrapped]));
    for (const id of erased) this.cache.delete(id);
    await this.insert([...wrapped].filter(([id]) => !erased.has(id)));
    if (erased.size === 0) return;
    await this.collection.bulkWrite(
      [...erased].map((id) => ({
        updateOne: {
          filter: { _id: id as never },
          update: { $set: { erased: true }, $unset: { wrapped: '' } },
          upsert: true,
        },
      })),
      { ordered: false },
    );
  }

  /** Nearly all are new; one that came again may be wrapped anew, and is taken unless it is erased. */
  private async insert(keys: [id: string, wrapped: string | null][]): Promise<void> {
    if (keys.length === 0) return;
    const documents = keys.map(([id, wrapped]) => ({ _id: id as never, wrapped }));
    try {
      await this.collection.insertMany(documents, { ordered: false });
    } catch (error) {
      await this.collection.bulkWrite(
        duplicatesOf(error).map(({ index }) => ({
          updateOne: {
            filter: { _id: documents[index]!._id, erased: { $ne: true } },
            update: { $set: { wrapped: documents[index]!.wrapped } },
          },
        })),
        { ordered: false },
      );
    }
  }
}

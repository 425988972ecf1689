import type { Collection, Db, Filter, Document, OptionalUnlessRequiredId } from 'mongodb';
import type { District } from '../district.js';
import { Problem } from '../http/problem.js';
import { duplicatesOf, isDuplicateKey } from './failure.js';

/** What every plain document has: its district first, its id within it, and a version that guards replacements. */
export interface TenantDocument {
  _id: string;
  district: District;
  id: string;
  version: number;
}

const fewAtOnce = 10;

/**
 * Plain documents that publish nothing (teams, rules, sign-in sessions, roll-ups): a collection whose every call
 * takes the district first, so that no query can forget it.
 */
export class TenantCollection<T extends object> {
  private readonly collection: Collection<Document>;

  constructor(db: Db, name: string) {
    this.collection = db.collection(name, { writeConcern: { w: 'majority', journal: true } });
  }

  async ensureIndexes(...keys: Record<string, 1 | -1>[]): Promise<void> {
    for (const key of keys) await this.collection.createIndex({ district: 1, ...key });
  }

  find(
    district: District,
    filter: Filter<T> = {},
    sort: Record<string, 1 | -1> = { _id: 1 },
    limit = 0,
  ): Promise<(T & TenantDocument)[]> {
    const found = this.collection.find(within(district, filter)).sort(sort).limit(limit).toArray();
    return found as unknown as Promise<(T & TenantDocument)[]>;
  }

  /** Ids alone, in their order, after one; for going through documents that are large. */
  async idsAfter(district: District, after: string, filter: Filter<T>, limit: number): Promise<string[]> {
    const found = await this.collection
      .find({ ...within(district, filter), _id: { $gt: `${district}/${after}` as never } })
      .project({ id: 1 })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    return found.map((one) => String(one['id']));
  }

  /** One after another, a few in memory at a time; for documents that are large and many. */
  async *each(
    district: District,
    filter: Filter<T>,
    sort: Record<string, 1 | -1>,
  ): AsyncGenerator<T & TenantDocument> {
    const cursor = this.collection.find(within(district, filter)).sort(sort).batchSize(fewAtOnce);
    for await (const document of cursor) yield document as unknown as T & TenantDocument;
  }

  async get(district: District, id: string): Promise<(T & TenantDocument) | undefined> {
    const found = await this.collection.findOne({ _id: `${district}/${id}` as never });
    return (found ?? undefined) as (T & TenantDocument) | undefined;
  }

  /** The version of a document, without the rest of it; 0 when there is none. */
  private async version(district: District, id: string): Promise<number> {
    const _id = `${district}/${id}` as never;
    const found = await this.collection.findOne({ _id }, { projection: { version: 1 } });
    return Number(found?.['version'] ?? 0);
  }

  /** The versions of those documents that are there, by id. */
  async versions(district: District, ids: readonly string[]): Promise<Map<string, number>> {
    const _id = { $in: ids.map((id) => `${district}/${id}`) as never[] };
    const found = await this.collection.find({ _id }, { projection: { id: 1, version: 1 } }).toArray();
    return new Map(found.map((one) => [String(one['id']), Number(one['version'])]));
  }

  /**
   * Replaces or creates one document. With `ifVersion` (0: must not exist yet) only when nobody changed it since.
   * @returns the new version. @throws Problem 412 when it has changed.
   */
  async put(district: District, id: string, content: T, ifVersion?: number): Promise<number> {
    const _id = `${district}/${id}`;
    const known = ifVersion ?? (await this.version(district, id));
    const next = {
      ...content,
      _id,
      district,
      id,
      version: known + 1,
    } as unknown as OptionalUnlessRequiredId<Document>;
    try {
      const result = await this.collection.replaceOne({ _id: _id as never, version: known }, next, {
        upsert: true,
      });
      if (result.matchedCount + result.upsertedCount === 1) return known + 1;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
    throw new Problem(412, undefined, { detail: `${id} was changed by someone else; read it again` });
  }

  /**
   * Replaces or creates many documents at once, each only when nobody changed it since `ifVersion` (0: must not exist
   * yet). @returns the ids of those that were written.
   */
  async putUnchanged(
    district: District,
    all: readonly { id: string; content: T; ifVersion: number }[],
  ): Promise<string[]> {
    const operations = all.map(({ id, content, ifVersion }) => {
      const filter = { _id: `${district}/${id}` as never, version: ifVersion };
      return {
        replaceOne: {
          filter,
          replacement: { ...content, district, id, version: ifVersion + 1 },
          upsert: true,
        },
      };
    });
    const changed = new Set<number>();
    try {
      if (all.length > 0) await this.collection.bulkWrite(operations, { ordered: false });
    } catch (error) {
      for (const { index } of duplicatesOf(error)) changed.add(index);
    }
    return all.filter((_, i) => !changed.has(i)).map(({ id }) => id);
  }

  /** Writes many documents whose ids alone belong to the caller: nobody else changes them, so no version guards. */
  async putAll(district: District, all: readonly { id: string; content: T }[]): Promise<void> {
    if (all.length === 0) return;
    const operations = all.map(({ id, content }) => {
      const _id = `${district}/${id}` as never;
      return {
        replaceOne: {
          filter: { _id },
          replacement: { ...content, district, id, version: 1 },
          upsert: true,
        },
      };
    });
    await this.collection.bulkWrite(operations, { ordered: false });
  }

  /** Deletes all documents that a filter finds. @returns how many. */
  async removeAll(district: District, filter: Filter<T>): Promise<number> {
    return (await this.collection.deleteMany(within(district, filter))).deletedCount;
  }

  /** Deletes those of some documents that a filter finds. @returns how many. */
  async removeSome(district: District, ids: readonly string[], filter: Filter<T>): Promise<number> {
    const _id = { $in: ids.map((id) => `${district}/${id}`) };
    return (await this.collection.deleteMany({ ...within(district, filter), _id: _id as never }))
      .deletedCount;
  }

  /** Deletes one document, with `ifVersion` only when nobody changed it since. @returns whether it was deleted. */
  async remove(district: District, id: string, ifVersion?: number): Promise<boolean> {
    const result = await this.collection.deleteOne({
      _id: `${district}/${id}` as never,
      ...(ifVersion !== undefined && { version: ifVersion }),
    });
    return result.deletedCount === 1;
  }

  count(district: District, filter: Filter<T> = {}): Promise<number> {
    return this.collection.countDocuments(within(district, filter));
  }
}

function within<T>(district: District, filter: Filter<T>): Filter<Document> {
  return { ...(filter as Filter<Document>), district };
}

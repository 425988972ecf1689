import { Inject, Injectable } from '@nestjs/common';
import type { Db } from 'mongodb';
import { DATABASE, Problem, TenantCollection } from '#platform';
import type { District } from '#platform';
import type { Digests } from './digests.js';
import { RowChunks } from './row-chunks.js';
import { seal, unseal } from './sealing.js';
import type { Sealed } from './sealing.js';

/** The rows of a bucket, a line each, sorted by id. */
interface Chunk {
  bytes: Sealed;
  at: string;
}

/**
 * Chunks by what they hold: the same rows are stored once, however many generations have them. They are sealed
 * under a key made of HEARBACK_SECRET, and named by a keyed digest: whoever has the database alone learns of no person.
 */
@Injectable()
export class Chunks extends RowChunks {
  private readonly documents: TenantCollection<Chunk>;

  constructor(@Inject(DATABASE) db: Db) {
    super();
    this.documents = new TenantCollection<Chunk>(db, 'chunks');
  }

  async put(district: District, digest: string, text: string): Promise<void> {
    const chunk = { bytes: seal(text), at: new Date().toISOString() };
    if (await this.wrote(district, digest, chunk, 0)) return;
    // It was there, perhaps unnamed: it is young again, so that nobody removes it before a generation names it.
    await this.wrote(district, digest, chunk);
  }

  /** @returns false when somebody else wrote the same rows. */
  private async wrote(district: District, digest: string, chunk: Chunk, ifVersion?: 0): Promise<boolean> {
    try {
      await this.documents.put(district, digest, chunk, ifVersion);
      return true;
    } catch (error) {
      if (error instanceof Problem && error.status === 412) return false;
      throw error;
    }
  }

  async get(district: District, digest: string): Promise<string> {
    const found = await this.documents.get(district, digest);
    if (!found) throw new Error(`the chunk ${digest} of the roster is missing`);
    return unseal(found.bytes);
  }

  /** Removes chunks whose digest is not among these and that are older than an instant. @returns how many. */
  async removeOthers(
    district: District,
    named: Digests,
    olderThan: string,
    signal?: AbortSignal,
  ): Promise<number> {
    const isOld = { at: { $lt: olderThan } };
    const pageSize = 1_000;
    let removed = 0;
    for (let after = ''; ;) {
      signal?.throwIfAborted();
      const ids = await this.documents.idsAfter(district, after, isOld, pageSize);
      const unnamed = ids.filter((id) => !named.has(id));
      removed += await this.documents.removeSome(district, unnamed, isOld);
      if (ids.length < pageSize) return removed;
      after = ids.at(-1)!;
    }
  }
}

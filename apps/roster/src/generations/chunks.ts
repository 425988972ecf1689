import { Inject, Injectable } from '@nestjs/common';
import type { Db } from 'mongodb';
import { DATABASE, Problem, TenantCollection } from '#platform';
import type { District } from '#platform';
import { bucketOf } from './bucket.js';
import type { FileOfRows } from './generation.js';
import { idOf } from './row.js';
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
export class Chunks {
  private readonly documents: TenantCollection<Chunk>;

  constructor(@Inject(DATABASE) db: Db) {
    this.documents = new TenantCollection<Chunk>(db, 'chunks');
  }

  /** Writes a chunk under its digest, unless it is there. Durable when it returns. */
  async put(district: District, digest: string, text: string): Promise<void> {
    try {
      await this.documents.put(district, digest, { bytes: seal(text), at: new Date().toISOString() }, 0);
    } catch (error) {
      if (!(error instanceof Problem && error.status === 412)) throw error;
    }
  }

  /** @throws Error when it is not there: a generation never names what was not written. */
  async get(district: District, digest: string): Promise<string> {
    const found = await this.documents.get(district, digest);
    if (!found) throw new Error(`the chunk ${digest} of the roster is missing`);
    return unseal(found.bytes);
  }

  /** The lines of a file that fall into a bucket of another cut, or of its own. Not sorted when the cuts differ. */
  async bucket(
    district: District,
    file: FileOfRows | undefined,
    bucket: number,
    buckets: number,
  ): Promise<string[]> {
    if (!file) return [];
    const cut = file.digests.length;
    const lines: string[] = [];
    for (let at = bucket & (cut - 1); at < cut; at += Math.min(buckets, cut)) {
      const digest = file.digests[at]!;
      if (digest) for (const line of (await this.get(district, digest)).split('\n')) lines.push(line);
    }
    return cut >= buckets ? lines : lines.filter((line) => bucketOf(idOf(line), buckets) === bucket);
  }

  /** All lines of a file, a bucket at a time. */
  async *all(district: District, file: FileOfRows | undefined): AsyncGenerator<string[]> {
    for (const digest of file?.digests ?? [])
      if (digest) yield (await this.get(district, digest)).split('\n');
  }

  /** Removes chunks that none of these digests names and that are older than an instant. @returns how many. */
  async removeOthers(district: District, named: ReadonlySet<string>, olderThan: string): Promise<number> {
    const pageSize = 1_000;
    let removed = 0;
    for (let after = ''; ;) {
      const ids = await this.documents.idsAfter(district, after, { at: { $lt: olderThan } }, pageSize);
      for (const id of ids) if (!named.has(id) && (await this.documents.remove(district, id))) removed += 1;
      if (ids.length < pageSize) return removed;
      after = ids.at(-1)!;
    }
  }
}

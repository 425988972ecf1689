import { createHmac } from 'node:crypto';
import type { District } from '#platform';
import { bucketOf } from './bucket.js';
import type { FileOfRows } from './generation.js';
import { idOf } from './row.js';

/** Texts by their digests, and the files of rows that are made of them. */
export abstract class RowChunks {
  /** Writes a chunk under its digest, unless it is there. Durable when it returns. */
  abstract put(district: District, digest: string, text: string): Promise<void>;

  /** @throws Error when it is not there: a generation never names what was not written. */
  abstract get(district: District, digest: string): Promise<string>;

  /** The rows of a file that fall into a bucket of another cut, or of its own. Not sorted when the cuts differ. */
  async bucket(
    district: District,
    file: FileOfRows | undefined,
    bucket: number,
    buckets: number,
  ): Promise<string[]> {
    if (!file) return [];
    const cut = file.digests.length;
    const rows: string[] = [];
    for (let at = bucket & (cut - 1); at < cut; at += Math.min(buckets, cut)) {
      const digest = file.digests[at]!;
      if (digest) for (const row of (await this.get(district, digest)).split('\n')) rows.push(row);
    }
    return cut >= buckets ? rows : rows.filter((row) => bucketOf(idOf(row), buckets) === bucket);
  }

  /** All rows of a file, a bucket at a time. */
  async *all(district: District, file: FileOfRows | undefined): AsyncGenerator<string[]> {
    for (const digest of file?.digests ?? [])
      if (digest) yield (await this.get(district, digest)).split('\n');
  }
}

/** A name for a text that nobody can compute without the key. */
export type NameOf = (text: string) => string;

export function namesWith(key: Uint8Array): NameOf {
  return (text) => createHmac('sha256', key).update(text).digest('base64url').slice(0, 24);
}

import type { District } from '#platform';
import type { PersonChange } from '../staging/settle-people.js';
import type { FileOfRows } from './generation.js';
import type { RowChunks } from './row-chunks.js';
import { idOf } from './row.js';

/** Tells whose row differs between two generations; buckets that are the same are not even read. */
export async function comparePeople(
  chunks: RowChunks,
  district: District,
  before: FileOfRows | undefined,
  after: FileOfRows | undefined,
  changed: (change: PersonChange) => void,
): Promise<void> {
  const buckets = Math.max(before?.digests.length ?? 1, after?.digests.length ?? 1);
  const isSameCut = before?.digests.length === after?.digests.length;
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    if (isSameCut && before?.digests[bucket] === after?.digests[bucket]) continue;
    const was = new Map<string, string>();
    for (const line of await chunks.bucket(district, before, bucket, buckets)) was.set(idOf(line), line);
    for (const line of await chunks.bucket(district, after, bucket, buckets)) {
      const known = was.get(idOf(line));
      was.delete(idOf(line));
      if (known !== line) changed({ ...(known !== undefined && { before: known }), after: line });
    }
    for (const line of was.values()) changed({ before: line });
  }
}

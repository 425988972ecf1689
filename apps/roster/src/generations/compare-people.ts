import type { District } from '#platform';
import type { PersonChange } from '../staging/settle-people.js';
import type { FileOfRows } from './generation.js';
import type { RowChunks } from './row-chunks.js';
import { idOf } from './row.js';

/** Tells whose row differs between two generations; buckets that are the same are not even read. */
export function comparePeople(
  chunks: RowChunks,
  district: District,
  before: FileOfRows | undefined,
  after: FileOfRows | undefined,
  changed: (change: PersonChange) => void,
): Promise<void> {
  return compareWithin(chunks, district, before, after, 0, 1, changed);
}

/** The same for the people of one bucket of a cut of its own. */
export async function compareWithin(
  chunks: RowChunks,
  district: District,
  before: FileOfRows | undefined,
  after: FileOfRows | undefined,
  bucket: number,
  buckets: number,
  changed: (change: PersonChange) => void,
): Promise<void> {
  // In pieces as fine as the finest of the three cuts: a piece is what lies in memory.
  const [cutBefore, cutAfter] = [before?.digests.length ?? 1, after?.digests.length ?? 1];
  const pieces = Math.max(cutBefore, cutAfter, buckets);
  const isSameCut = cutBefore === cutAfter;
  for (let at = bucket; at < pieces; at += buckets) {
    const place = at & (cutAfter - 1);
    if (isSameCut && before?.digests[place] === after?.digests[place]) continue;
    const was = new Map<string, string>();
    for (const line of await chunks.bucket(district, before, at, pieces)) was.set(idOf(line), line);
    for (const line of await chunks.bucket(district, after, at, pieces)) {
      const known = was.get(idOf(line));
      was.delete(idOf(line));
      if (known !== line) changed({ ...(known !== undefined && { before: known }), after: line });
    }
    for (const line of was.values()) changed({ before: line });
  }
}

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
    const was = await chunks.bucket(district, before, at, pieces);
    compareRows(was, await chunks.bucket(district, after, at, pieces), changed);
  }
}

/** Tells which rows differ. */
export function compareRows(
  before: readonly string[],
  after: readonly string[],
  changed: (change: PersonChange) => void,
): void {
  const was = new Map(before.map((row) => [idOf(row), row]));
  for (const row of after) {
    const id = idOf(row);
    const known = was.get(id);
    was.delete(id);
    if (known !== row) changed({ ...(known !== undefined && { before: known }), after: row });
  }
  for (const row of was.values()) changed({ before: row });
}

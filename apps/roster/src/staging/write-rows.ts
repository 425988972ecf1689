import { bucketOf, bucketsFor } from '../generations/bucket.js';
import type { FileOfRows } from '../generations/generation.js';
import type { Staging } from './staged-file.js';

/** Writes a small file, one that is in memory anyway. @param lines rows by id. */
export async function writeRows(
  { district, chunks, nameOf }: Staging,
  lines: ReadonlyMap<string, string>,
  base: FileOfRows | undefined,
): Promise<FileOfRows> {
  const bytes = [...lines.values()].reduce((sum, line) => sum + line.length, 0);
  const cut = bucketsFor(bytes, base?.digests.length);
  const buckets = Array.from({ length: cut }, (): string[] => []);
  for (const id of [...lines.keys()].sort()) buckets[bucketOf(id, cut)]!.push(lines.get(id)!);
  const known = new Set(base?.digests);
  const digests: string[] = [];
  for (const bucket of buckets) {
    const text = bucket.join('\n');
    const digest = text && nameOf(text);
    if (digest && !known.has(digest)) await chunks.put(district, digest, text);
    digests.push(digest);
  }
  return { digests, rows: lines.size };
}

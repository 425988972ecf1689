/**
 * Rows lie in buckets by a hash of their id. A bucket is read, compared and written as a whole, so memory holds one
 * bucket and never a file. Counts of buckets are powers of two: a bucket of a coarser cut is a union of finer ones.
 */
export function bucketOf(id: string, buckets: number): number {
  // FNV-1a, then mixed: its low bits alone are poor for ids that only differ in their last digits.
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i += 1) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) & (buckets - 1);
}

const bytesInBucket = 512 * 1024;
const mostBuckets = 1024;

/** How many buckets a file of so many bytes wants; what was chosen before stays unless it is four times off. */
export function bucketsFor(bytes: number, before?: number): number {
  const wanted = Math.min(mostBuckets, 2 ** Math.max(0, Math.ceil(Math.log2(bytes / bytesInBucket))));
  return before !== undefined && wanted < before * 4 && before < wanted * 4 ? before : wanted;
}

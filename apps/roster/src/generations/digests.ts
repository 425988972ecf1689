/** Six bytes of a digest: no two of a roster's few million are likely to share them. */
const bytes = 6;

/**
 * A set of digests that takes eight bytes for each: the generations of a year name millions. It may say of one digest
 * in a hundred million that it is there when it is not; whoever removes what is not there keeps that one.
 */
export class Digests {
  private numbers = new Float64Array(1_024);
  private size = 0;
  private isSorted = true;

  add(digest: string): void {
    if (this.size === this.numbers.length) {
      const more = new Float64Array(this.distinct() * 2 + 1_024);
      more.set(this.numbers.subarray(0, this.size));
      this.numbers = more;
    }
    this.numbers[this.size] = numberOf(digest);
    this.size += 1;
    this.isSorted = false;
  }

  has(digest: string): boolean {
    this.distinct();
    const sought = numberOf(digest);
    let [low, high] = [0, this.size];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.numbers[middle]! < sought) low = middle + 1;
      else high = middle;
    }
    return low < this.size && this.numbers[low] === sought;
  }

  /** Sorts, and lets go of what came twice: one generation names mostly what the one before did. @returns how many. */
  private distinct(): number {
    if (this.isSorted) return this.size;
    const all = this.numbers.subarray(0, this.size).sort();
    let kept = 0;
    for (let i = 0; i < all.length; i += 1) {
      if (i > 0 && all[i] === all[i - 1]) continue;
      all[kept] = all[i]!;
      kept += 1;
    }
    this.size = kept;
    this.isSorted = true;
    return kept;
  }
}

function numberOf(digest: string): number {
  return Buffer.from(digest, 'base64url').readUIntBE(0, bytes);
}

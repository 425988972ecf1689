/**
 * Small cells never leak (promise 12). A break-down of originators by what they are must not let anybody work out what
 * one of them is: by role now, by language, group and standing when they come. By organisation, topic, stage, origin
 * and time, counts are open to signed-in leaders in their scope.
 *
 * This is the one path: a report hands its groups to `suppress` before they leave, in whatever form they leave.
 */
const protectedDimensions: readonly string[] = ['role', 'language', 'group', 'standing'];

export function isProtected(dimension: string): boolean {
  return protectedDimensions.includes(dimension);
}

/**
 * Which cells of a break-down are suppressed.
 *
 * `sizes` holds every cell that the dimension can have, also the empty ones: an empty cell is suppressed together with
 * the small ones, because "there is nobody" would tell where the few are. Beside the break-down its total is shown, so
 * the sum of what is suppressed is always known. Therefore the next smallest cell is suppressed too (complementary
 * suppression), again and again, until
 * - that sum is itself no small cell (with one small cell alone, this always takes a second one), and
 * - it is not so large that every suppressed cell must be exactly one below the minimum.
 * Then no suppressed cell can be computed from the others and the total, even by one who knows this rule.
 *
 * @param minimum the smallest number of originators that may be shown, at least 2.
 * @returns the keys to suppress; none when no cell is small.
 */
export function suppress(sizes: ReadonlyMap<string, number>, minimum: number): Set<string> {
  const ascending = [...sizes].sort(([a, m], [b, n]) => m - n || (a < b ? -1 : 1));
  const small = ascending.filter(([, size]) => size < minimum);
  if (!small.some(([, size]) => size > 0)) return new Set();
  const hidden = new Set(small.map(([key]) => key));
  let sum = small.reduce((total, [, size]) => total + size, 0);
  let last = 0;
  for (const [key, size] of ascending.slice(small.length)) {
    // Cells of one size go together: which of them was taken would tell something.
    if (size !== last && sum >= minimum && sum !== hidden.size * (minimum - 1)) break;
    hidden.add(key);
    sum += size;
    last = size;
  }
  return hidden;
}

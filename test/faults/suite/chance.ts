/** Choices that follow from a seed, so that a run can be repeated. */
export interface Chance {
  /** A whole number from 0 to n - 1. */
  below(n: number): number;
  /** True so often: 0.25 is once in four. */
  happens(share: number): boolean;
  pick<T>(from: readonly T[]): T;
  shuffled<T>(from: readonly T[]): T[];
  /** Choices of their own for a part that runs beside others, whatever those do. */
  of(part: string | number): Chance;
}

export function chance(seed: number | string): Chance {
  let state = hash(String(seed));
  const below = (n: number): number => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * n);
  };
  return {
    below,
    happens: (share) => below(1_000_000) < share * 1_000_000,
    pick: (from) => from[below(from.length)]!,
    shuffled: (from) => {
      const all = [...from];
      for (let i = all.length - 1; i > 0; i -= 1) {
        const j = below(i + 1);
        [all[i], all[j]] = [all[j]!, all[i]!];
      }
      return all;
    },
    of: (part) => chance(`${seed}/${part}`),
  };
}

/** A number of 32 bits made of a text (FNV-1a). */
export function hash(text: string): number {
  let mixed = 0x811c9dc5;
  for (const character of text) mixed = Math.imul(mixed ^ character.codePointAt(0)!, 0x01000193);
  return mixed >>> 0;
}

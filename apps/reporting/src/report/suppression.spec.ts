import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isProtected, suppress } from './suppression.js';

const hidden = (sizes: Record<string, number>, minimum = 10) =>
  [...suppress(new Map(Object.entries(sizes)), minimum)].sort();

describe('suppression', () => {
  it('protects what originators are, and leaves where and when they spoke open', () => {
    expect(['role', 'language', 'group', 'standing'].every(isProtected)).toBe(true);
    expect(['org', 'month', 'origin', 'topic'].some(isProtected)).toBe(false);
  });

  it('hides nothing when no cell is small', () => {
    expect(hidden({ student: 10, family: 25, volunteer: 0 })).toEqual([]);
  });

  it('hides the next smallest cell with a single small one, or the total would tell it', () => {
    expect(hidden({ student: 30, family: 12, volunteer: 3 })).toEqual(['family', 'volunteer']);
  });

  it('hides two small cells that are a small cell together along with a third', () => {
    expect(hidden({ student: 30, family: 12, volunteer: 3, funder: 2 })).toEqual([
      'family',
      'funder',
      'volunteer',
    ]);
  });

  it('leaves the others when the small cells hide each other', () => {
    expect(hidden({ student: 30, family: 12, volunteer: 6, funder: 7 })).toEqual(['funder', 'volunteer']);
  });

  it('hides empty cells with the small ones, so that nobody learns where the few are', () => {
    expect(hidden({ student: 4, family: 0, volunteer: 0 })).toEqual(['family', 'student', 'volunteer']);
  });

  it('hides one more when the sum says that each is exactly one below the minimum', () => {
    expect(hidden({ student: 9, family: 9, volunteer: 11, funder: 40 })).toEqual([
      'family',
      'student',
      'volunteer',
    ]);
  });

  /** Someone who knows the total, what is shown, the minimum and this rule, tries every possibility. */
  it('never lets a suppressed cell be computed from the others and the total', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 2, max: 4 }), (numbers, minimum) => {
        // A district in which every role has exactly one too few has no cell left to hide the others with.
        fc.pre(!numbers.every((size) => size === minimum - 1));
        const cells = new Map(numbers.map((size, i) => [`role-${i}`, size]));
        const kept = suppress(cells, minimum);
        for (const [key, possible] of possibilities(cells, kept, minimum)) {
          expect({ key, possible: possible.size > 1 }).toEqual({ key, possible: true });
        }
      }),
      { numRuns: 3000 },
    );
  });
});

function possibilities(
  cells: Map<string, number>,
  kept: Set<string>,
  minimum: number,
): Map<string, Set<number>> {
  const found = new Map([...kept].map((key) => [key, new Set<number>()]));
  const keys = [...kept];
  const sum = keys.reduce((total, key) => total + (cells.get(key) ?? 0), 0);
  const guess = new Map(cells);
  const sameOutcome = () => {
    const would = suppress(guess, minimum);
    return would.size === kept.size && keys.every((key) => would.has(key));
  };
  const tryFrom = (i: number, left: number): void => {
    const key = keys[i];
    if (key === undefined) return;
    for (let size = i === keys.length - 1 ? left : 0; size <= left; size += 1) {
      guess.set(key, size);
      if (i < keys.length - 1) tryFrom(i + 1, left - size);
      else if (sameOutcome()) for (const each of keys) found.get(each)?.add(guess.get(each) ?? 0);
    }
  };
  tryFrom(0, sum);
  return found;
}

import { describe, expect, it } from '@jest/globals';
import type { Publisher } from '#contracts';
import { outcomeOf, nothingCompared } from './rebuild.js';
import { verdictOf } from './verdict.js';

const seen = (...numbers: [Publisher, number][]) =>
  numbers.map(([publisher, seq]) => ({ publisher, key: 'a', seq }));
const document = (state: object, ...numbers: [Publisher, number][]) => ({
  state,
  index: {},
  seen: seen(...numbers),
});

describe('a live document beside its copy', () => {
  const one = document({ facts: [1, 2] }, ['casework', 1], ['intake', 2]);

  it('is the same only with the same events and the same bytes', () => {
    expect(verdictOf(one, { ...one })).toBe('same');
    expect(verdictOf(one, { ...one, state: { facts: [1, 3] } })).toBe('different');
    expect(verdictOf(one, { ...one, index: { open: true } })).toBe('different');
  });

  it('differs in the order of fields and of what it has seen, too: bytes are bytes', () => {
    expect(verdictOf({ ...one, state: { a: 1, b: 2 } }, { ...one, state: { b: 2, a: 1 } })).toBe('different');
    expect(verdictOf(one, { ...one, seen: one.seen.toReversed() })).toBe('different');
  });

  it('may carry the notes of its service, which come from no event', () => {
    const noted = { ...one, state: { facts: [1, 2], dirty: true }, index: { dirty: true } };
    const clean = { ...one, state: { facts: [1, 2], dirty: false }, index: {} };
    expect(verdictOf(clean, noted, ['dirty'])).toBe('same');
    expect(verdictOf(clean, noted)).toBe('different');
  });

  it('is behind, or ahead, by any publisher; ahead weighs more, because nothing may be lost', () => {
    expect(verdictOf(document({}, ['intake', 1]), one)).toBe('behind');
    expect(verdictOf(one, document({}, ['casework', 1], ['intake', 1]))).toBe('ahead');
    expect(verdictOf(one, document({}, ['intake', 9]))).toBe('ahead');
  });

  it('is missing, or unknown to the events', () => {
    expect(verdictOf(undefined, one)).toBe('missing');
    expect(verdictOf(one, undefined)).toBe('unknown');
  });
});

describe('how a rebuild ends', () => {
  const after = (compared: object, check = false) =>
    outcomeOf({ compared: { ...nothingCompared(), ...compared }, check }).state;

  it('is done when whatever differed was put right', () => {
    expect(after({ same: 9, different: 2, behind: 1, missing: 3, removed: 1 })).toBe('done');
  });

  it('says so when documents remain that no event explains, or when it was only to look', () => {
    expect(after({ ahead: 1 })).toBe('differs');
    expect(after({ unknown: 1 })).toBe('differs');
    expect(after({ missing: 1 }, true)).toBe('differs');
    expect(after({ same: 9 }, true)).toBe('done');
  });
});

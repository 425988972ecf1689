import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import { HasWords, IsInstant } from './rules.js';

class Sample {
  @IsInstant() at: unknown;
}

function isInstant(at: unknown): boolean {
  return validateSync(Object.assign(new Sample(), { at })).length === 0;
}

describe('an instant', () => {
  it.each(['2026-11-22T08:30:00.000Z', '2026-11-22T08:30:00Z', '2024-02-29T23:59:59.123456Z'])(
    '%s is one',
    (at) => {
      expect(isInstant(at)).toBe(true);
      expect(Date.parse(at)).not.toBeNaN();
    },
  );
  it.each([
    ['a date alone', '2026-11-22'],
    ['a week date', '2026-W47-1T00:00:00Z'],
    ['an ordinal date', '2026-001T00:00:00Z'],
    ['a day that does not exist', '2026-02-30T00:00:00Z'],
    ['an offset', '2026-11-22T08:30:00+02:00'],
    ['no zone', '2026-11-22T08:30:00'],
    ['hours alone', '2026-11-22T08Z'],
    ['hour 24', '2026-11-22T24:00:00Z'],
    ['a leap second', '2016-12-31T23:59:60Z'],
    ['a blank for the T', '2026-11-22 08:30:00Z'],
    ['a number', 1_800_000_000_000],
  ])('%s is none', (_what, at) => expect(isInstant(at)).toBe(false));
});

class Said {
  @HasWords() text: unknown;
}
class Asked {
  @HasWords({ each: true }) questions: unknown;
}
const broken = (one: object) => validateSync(one).map(({ property, constraints }) => [property, constraints]);

describe('words', () => {
  it.each(['Hello', ' . ', '¿?', '😀', '午餐', '\u200Fسلام', '👩\u200D🏫', '\0a'])('%j has some', (text) =>
    expect(broken(Object.assign(new Said(), { text }))).toEqual([]),
  );
  it.each([
    ['nothing', ''],
    ['blanks', ' \t\r\n\u00A0\u3000'],
    ['zero-width characters', '\u200B\u200C\u200D\u2060\uFEFF'],
    ['NUL and controls', '\0\u0007\u001B\u0085'],
    ['marks of direction', '\u200E\u200F\u202A\u202C\u2066\u2069'],
    ['fillers', '\u3164\u115F\u1160\uFFA0\u2800\u034F\u00AD'],
    ['selectors and tags', '\uFE0F\u{E0041}'],
    ['a number', 5],
  ])('%s has none', (_what, text) =>
    expect(broken(Object.assign(new Said(), { text }))).toEqual([
      ['text', { hasWords: 'text must have words' }],
    ]),
  );
  it('are in each of a list', () => {
    expect(broken(Object.assign(new Asked(), { questions: ['Why?', 'How?'] }))).toEqual([]);
    expect(broken(Object.assign(new Asked(), { questions: ['Why?', '\u200B'] }))).toEqual([
      ['questions', { hasWords: 'questions must have words' }],
    ]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import { IsInstant } from './rules.js';

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

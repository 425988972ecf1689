import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { events } from '#contracts';
import type { EventClass } from '#contracts';
import { quickCheckOf } from './quick-check.js';

/** What each field is changed to, one at a time. */
const junk: unknown[] = [
  undefined,
  null,
  '',
  'x',
  'x'.repeat(200),
  0,
  -1,
  1,
  1.5,
  2_000_000,
  true,
  [],
  ['x'],
  [1],
  {},
  { $gt: '' },
  '2026-11-22',
  '2026-11-22T08:30:00.000Z',
  '2026-11-22T08:30:00+01:00',
  'en',
  'not a tag',
  'a..b.c.d',
  Number.NaN,
];

describe('the quick check', () => {
  it.each((events as readonly EventClass[]).map((event) => [event.type, event] as const))(
    '%s: never lets through what class-validator refuses, and lets the example through',
    (type, event) => {
      const example = {
        ...(JSON.parse(readFileSync(`libs/contracts/examples/${type}.v1.json`, 'utf8')) as Record<
          string,
          unknown
        >),
        type,
      };
      const quick = quickCheckOf(event);
      for (const strict of [true, false]) {
        for (const field of [...Object.keys(example), 'surprise']) {
          for (const value of junk) {
            const data: Record<string, unknown> = { ...example, [field]: value };
            if (value === undefined) delete data[field];
            if (quick(data, strict))
              expect({ data, errors: slow(event, data, strict) }).toEqual({ data, errors: 0 });
          }
        }
      }
      const { replies: _, byGrade: __, ...flat } = example as Record<string, unknown>;
      if (!('byGrade' in example)) expect(quick(flat, true)).toBe(true);
    },
  );
});

function slow(event: EventClass, data: object, strict: boolean): number {
  const options = { whitelist: strict, forbidNonWhitelisted: strict };
  return validateSync(plainToInstance(event, data) as object, options).length;
}

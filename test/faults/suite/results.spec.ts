import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { chance } from './chance.js';
import { Results, together } from './results.js';
import type { Result } from './results.js';

const dir = mkdtempSync(join(tmpdir(), 'hearback-results-'));
const file = join(dir, 'faults', 'soak-1.jsonl');
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const round = (changes: Partial<Result> = {}): Result => ({
  ...{ scenario: 'zombie', length: 'soak', seed: 1, count: 10, round: 0, seconds: 1, ok: true, build: 'b1' },
  ...changes,
});

it('a run that was killed goes on after what has passed, and plays again what failed or was cut short', () => {
  const first = new Results(file, 'b1', false);
  first.add(round());
  first.add(round({ round: 1, ok: false }));
  appendFileSync(file, '{"scenario":"zombie","round":2,"ok":tr');
  const next = new Results(file, 'b1', false);
  expect([0, 1, 2].map((n) => next.passed('zombie', n, 10) !== undefined)).toEqual([true, false, false]);
});

it('another build, another count, or --again begins anew', () => {
  expect(new Results(file, 'b2', false).passed('zombie', 0, 10)).toBeUndefined();
  expect(new Results(file, 'b1', false).passed('zombie', 0, 11)).toBeUndefined();
  expect(new Results(file, 'b1', true).passed('zombie', 0, 10)).toBeUndefined();
});

it('rounds add up to one, and of maxima the largest counts', () => {
  const rounds = [
    round({ figures: { kills: 10, slowestMaxMs: 70 } }),
    round({ figures: { kills: 5, slowestMaxMs: 30 } }),
  ];
  expect(together(rounds)).toEqual({ kills: 15, slowestMaxMs: 70 });
});

it('the same seed makes the same choices, in each part whatever the others do', () => {
  const choices = (seed: number, others: number) => {
    const all = chance(seed);
    for (let i = 0; i < others; i += 1) all.below(10);
    const part = all.of('part');
    return Array.from({ length: 20 }, () => part.below(1_000));
  };
  expect(choices(7, 0)).toEqual(choices(7, 5));
  expect(choices(7, 0)).not.toEqual(choices(8, 0));
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { bugs } from './bugs.js';
import { builtFile, patched } from './build.js';
import { checks } from './contract.js';

describe('seeded bugs', () => {
  it.each(bugs.map((bug) => [bug.name, bug] as const))('%s has its place in the build, once', (_, bug) =>
    expect(patched(readFileSync(builtFile(bug), 'utf8'), bug)).toContain(bug.put),
  );
  it('are each caught by a check that there is', () =>
    expect(bugs.filter(({ caughtBy }) => !checks.some(({ name }) => name === caughtBy))).toEqual([]));
  it('leave no check idle: one that catches nothing proves nothing', () =>
    expect(checks.filter(({ name }) => !bugs.some(({ caughtBy }) => caughtBy === name))).toHaveLength(0));
  it('are not caught by a process that ended, nor by a wait before the promise is looked at', () => {
    const noProof = [
      'not over after 120 s',
      'the reporting process ended by itself with 1',
      'the schedule needs the write, which did not come (waited 15 s)',
    ];
    expect(bugs.filter(({ because }) => noProof.some((why) => because.test(why)))).toEqual([]);
  });
  it('tell when their place has gone', () =>
    expect(() => patched('nothing of it', bugs[0]!)).toThrow('write the bug anew'));
});

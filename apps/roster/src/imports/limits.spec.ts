import { describe, expect, it } from '@jest/globals';
import type { Generation } from '../generations/generation.js';
import { emptyReport } from '../staging/file-report.js';
import type { FileReport } from '../staging/file-report.js';
import { holdsOf, overlapOf } from './limits.js';
import type { Effects } from './limits.js';

const base = { files: { users: { digests: ['a'], rows: 40 } } } as unknown as Generation;
const users = (change: Partial<FileReport>): FileReport => ({ ...emptyReport('users', 'bulk'), ...change });
const rules = (change: Partial<Effects>, before: { is?: Generation } = { is: base }): string[] =>
  holdsOf(
    before.is,
    { files: [], people: new Map(), closes: [], organisationsBefore: 20, ...change },
    { lossPercent: 10 },
  ).map(({ rule, message }) => `${rule}: ${message}`);
const loss = (before: number, leaving: number) => ({ people: new Map([['s-1', { before, leaving }]]) });

describe('an unattended import', () => {
  it('is held when an organisation loses more than the limit, and not at the limit', () => {
    expect(rules(loss(100, 10))).toEqual([]);
    expect(rules(loss(100, 11))).toEqual(['loss: s-1 would lose 11 of its 100 people, more than 10 %']);
  });
  it('is held when a file that had rows is only a header, or has no good row', () => {
    expect(rules({ files: [users({})] })).toEqual([
      'empty: users.csv is only a header; there were 40 rows before',
    ]);
    expect(rules({ files: [users({ read: 3, quarantined: 3 })] })).toEqual([
      'empty: users.csv has no row that could be accepted; there were 40 rows before',
    ]);
  });
  it('is not held by an empty delta: nothing has changed', () =>
    expect(rules({ files: [{ ...users({}), mode: 'delta' }] })).toEqual([]));
  it('is held when a file was refused', () =>
    expect(rules({ files: [users({ refused: 'users.csv is UTF-16' })] })).toEqual([
      'refused: users.csv is UTF-16',
    ]));
  it('is held when more organisations close than the limit allows', () => {
    expect(rules({ closes: ['a', 'b'] })).toEqual([]);
    expect(rules({ closes: ['a', 'b', 'c'] })).toEqual([
      'closed: 3 of 20 organisations would close: a, b, c',
    ]);
  });
  it('is never held when it is the first: there is nothing to lose', () =>
    expect(rules({ ...loss(100, 90), files: [users({})] }, {})).toEqual([]));
  it('lists fifty reasons and counts the rest', () => {
    const people = new Map(
      Array.from({ length: 80 }, (_, i) => [`s-${i}`, { before: 10, leaving: 9 }] as const),
    );
    expect(rules({ people })).toHaveLength(50);
    expect(rules({ people }).at(-1)).toMatch(/and 30 more$/);
  });
});

describe('an organisation that another source has', () => {
  const others = new Map([['sis', new Set(['d', 's1'])]]);
  it('holds the import, and names that source', () =>
    expect(overlapOf(['d', 's2'], new Set(), others)).toMatchObject([
      { rule: 'overlap', orgId: 'd', message: expect.stringMatching(/^1 organisations .* sis already: d/) },
    ]));
  it('was let through once and holds no more', () =>
    expect(overlapOf(['d', 's2'], new Set(['d']), others)).toEqual([]));
});

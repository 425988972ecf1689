import { describe, expect, it } from '@jest/globals';
import { treeOf } from './organisations.js';
import type { OrgRow } from './organisations.js';

let line = 1;
const row = (sourcedId: string, type: OrgRow['type'], parentSourcedId?: string): OrgRow => ({
  line: (line += 1),
  sourcedId,
  name: sourcedId,
  type,
  ...(parentSourcedId && { parentSourcedId }),
});
const rules = (rows: OrgRow[]): string[] => [...treeOf(rows).broken.values()].map((one) => one.rule);

describe('the organisations of a roster', () => {
  it('get their level from their type, parents first whatever the order of rows', () =>
    expect(
      treeOf([
        row('s', 'school', 'd'),
        row('d', 'district', 'l'),
        row('l', 'local', 'st'),
        row('st', 'state'),
      ]).organisations,
    ).toEqual([
      { orgId: 'st', name: 'st', level: 'state' },
      { orgId: 'l', name: 'l', level: 'region', parentId: 'st' },
      { orgId: 'd', name: 'd', level: 'district', parentId: 'l' },
      { orgId: 's', name: 's', level: 'school', parentId: 'd' },
    ]));
  it('count a department where it belongs, and do not show it', () => {
    const { organisations, belongs } = treeOf([
      row('s', 'school'),
      row('maths', 'department', 's'),
      row('algebra', 'department', 'maths'),
    ]);
    expect(organisations.map((one) => one.orgId)).toEqual(['s']);
    expect(belongs.get('algebra')).toBe('s');
  });
  it('put every member of a cycle aside, and what hangs below it, and nothing else', () => {
    const { organisations, broken } = treeOf([
      row('a', 'school', 'b'),
      row('b', 'school', 'a'),
      row('c', 'school', 'a'),
      row('d', 'district'),
    ]);
    expect(organisations.map((one) => one.orgId)).toEqual(['d']);
    expect([...broken].map(([id, { rule }]) => `${id} ${rule}`)).toEqual([
      'a cycle',
      'b cycle',
      'c reference',
    ]);
  });
  it('put one that is its own parent aside', () =>
    expect(rules([row('a', 'school', 'a')])).toEqual(['cycle']));
  it('put an orphan aside with the parent that it names', () =>
    expect(treeOf([row('s', 'school', 'nobody')]).broken.get('s')).toMatchObject({
      rule: 'reference',
      value: 'nobody',
    }));
});

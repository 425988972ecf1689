import { describe, expect, it } from '@jest/globals';
import { treeOf } from './organisations.js';
import type { OrgRow } from './organisations.js';

let line = 1;
const row = (sourcedId: string, type: OrgRow['type'], parentSourcedId?: string): OrgRow => ({
  line: (line += 1),
  sourcedId,
  name: sourcedId,
  type,
  active: true,
  ...(parentSourcedId && { parentSourcedId }),
});
const tree = (rows: OrgRow[], today: string[] = [], alsoNamed: string[] = []) =>
  treeOf(rows, new Set(today), new Set([...rows.map((one) => one.sourcedId), ...alsoNamed]));

describe('the organisations of a roster', () => {
  it('get their level from their type, parents first whatever the order of rows', () =>
    expect(
      tree([row('s', 'school', 'd'), row('d', 'district', 'l'), row('l', 'local', 'st'), row('st', 'state')])
        .organisations,
    ).toEqual([
      { orgId: 'st', name: 'st', level: 'state' },
      { orgId: 'l', name: 'l', level: 'region', parentId: 'st' },
      { orgId: 'd', name: 'd', level: 'district', parentId: 'l' },
      { orgId: 's', name: 's', level: 'school', parentId: 'd' },
    ]));
  it('count a department where it belongs, and do not show it', () => {
    const { organisations, belongs } = tree([
      row('s', 'school'),
      row('maths', 'department', 's'),
      row('algebra', 'department', 'maths'),
    ]);
    expect(organisations.map((one) => one.orgId)).toEqual(['s']);
    expect(belongs.get('algebra')).toBe('s');
  });
  it('put every member of a cycle aside, and what hangs below it, and nothing else', () => {
    const { organisations, broken, aside } = tree([
      row('a', 'school', 'b'),
      row('b', 'school', 'a'),
      row('c', 'school', 'a'),
      row('d', 'district'),
    ]);
    expect(organisations.map((one) => one.orgId)).toEqual(['d']);
    expect(broken.map((one) => one.rule)).toEqual(['cycle', 'cycle', 'reference']);
    expect([...aside].sort()).toEqual(['a', 'b', 'c']);
  });
  it('put one that is its own parent aside', () =>
    expect(tree([row('a', 'school', 'a')]).broken[0]?.rule).toBe('cycle'));
  it('put an orphan aside with the parent that it names', () =>
    expect(tree([row('s', 'school', 'nobody')]).broken[0]).toMatchObject({
      rule: 'reference',
      value: 'nobody',
    }));
  it('keep a school whose district had a broken row, when the roster knows that district', () =>
    expect(tree([row('s', 'school', 'd')], ['d'], ['d']).organisations).toEqual([
      { orgId: 's', name: 's', level: 'school', parentId: 'd' },
    ]));
  it('take tobedeleted for gone, not for put aside', () =>
    expect(tree([{ ...row('s', 'school'), active: false }, row('d', 'district')]).aside.size).toBe(0));
});

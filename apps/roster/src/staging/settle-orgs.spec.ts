import { describe, expect, it } from '@jest/globals';
import type { OrgRow } from '../oneroster/organisations.js';
import { settleOrgs } from './settle-orgs.js';

const org = (sourcedId: string, parentSourcedId?: string, line = 0): OrgRow => ({
  line,
  sourcedId,
  name: sourcedId,
  type: sourcedId.startsWith('d') ? 'district' : 'school',
  ...(parentSourcedId && { parentSourcedId }),
});
const before = new Map([org('d'), org('s1', 'd'), org('s2', 'd')].map((row) => [row.sourcedId, row]));
const settled = (
  rows: OrgRow[],
  { gone = [], aside = [] }: Record<string, string[]> = {},
  complete = true,
) => {
  const taken = new Map(rows.map((row) => [row.sourcedId, row]));
  const result = settleOrgs(before, { taken, gone: new Set(gone), aside: new Set(aside) }, complete);
  return { ...result, ids: [...result.rows.keys()].sort() };
};

describe('what a file says of organisations', () => {
  it('closes those that a whole file does not name', () =>
    expect(settled([org('d', '', 2), org('s1', 'd', 3)])).toMatchObject({
      ids: ['d', 's1'],
      missing: ['s2'],
    }));
  it('closes nothing that a delta does not name', () =>
    expect(settled([org('s1', 'd', 2)], {}, false)).toMatchObject({ ids: ['d', 's1', 's2'], missing: [] }));
  it('closes what it calls tobedeleted', () =>
    expect(settled([], { gone: ['s2'] }, false).ids).toEqual(['d', 's1']));
  it('leaves one as it was whose row broke a rule, and what hangs on it', () =>
    expect(settled([org('s1', 'd', 3), org('s2', 'd', 4)], { aside: ['d'] })).toMatchObject({
      ids: ['d', 's1', 's2'],
      broken: [],
    }));
  it('leaves one as it was that would now be an orphan', () => {
    const { rows, broken } = settled([org('d', '', 2), org('s1', 'nowhere', 3), org('s2', 'd', 4)]);
    expect(rows.get('s1')).toEqual(org('s1', 'd'));
    expect(broken).toMatchObject([{ line: 3, rule: 'reference' }]);
  });
  it('breaks a cycle of new rows by leaving the known ones as they were', () => {
    const { tree, broken } = settled([org('d', 's1', 2), org('s1', 'd', 3), org('s2', 'd', 4)]);
    expect(tree.organisations.map(({ orgId }) => orgId)).toEqual(['d', 's1', 's2']);
    expect(broken.length).toBeGreaterThan(0);
  });
  it('keeps a school at the top when its district goes', () =>
    expect(settled([], { gone: ['d'] }, false).tree.organisations).toContainEqual({
      orgId: 's1',
      name: 's1',
      level: 'school',
    }));
});

import { describe, expect, it } from '@jest/globals';
import { close, count, describe as describeOrg, folded, orgAggregate } from './org.js';
import type { Org } from './org.js';

const at = '2026-11-22T08:00:00.000Z';
const said = { orgId: 's', name: 'Io High School', level: 'school', parentId: 'd' } as const;
const counted = {
  students: 60,
  staff: 9,
  families: 75,
  byGrade: [{ grade: '09', students: 60 }],
};
const known: Org = [
  ...describeOrg(undefined, said, at),
  ...count(undefined, 's', counted, '2026-11-22', at),
].reduce<Org | undefined>((state, event) => orgAggregate.evolve(state, event), undefined)!;

describe('an organisation', () => {
  it('is told to everyone when it is new', () =>
    expect(describeOrg(undefined, said, at)).toMatchObject([{ type: 'org.changed', active: true }]));
  it('is not told again when nothing changed', () => {
    expect(describeOrg(known, said, at)).toEqual([]);
    expect(count(known, 's', counted, '2026-11-23', at)).toEqual([]);
  });
  it('is told again when it is renamed, moved, or back', () => {
    expect(describeOrg(known, { ...said, name: 'Io High' }, at)).toHaveLength(1);
    expect(describeOrg(known, { ...said, parentId: undefined }, at)).toHaveLength(1);
    expect(describeOrg({ ...known, active: false }, said, at)).toHaveLength(1);
  });
  it('is counted again when a number changed', () =>
    expect(count(known, 's', { ...counted, staff: 10 }, '2026-11-23', at)).toMatchObject([
      { type: 'enrolment.counted', staff: 10 },
    ]));
  it('closes once, and keeps its name and place', () => {
    const [closed] = close(known, at);
    expect(closed).toMatchObject({ name: 'Io High School', parentId: 'd', active: false });
    expect(close({ ...known, active: false }, at)).toEqual([]);
  });
  it('keeps its counts when it is renamed', () =>
    expect(
      orgAggregate.evolve(known, describeOrg(known, { ...said, name: 'X' }, at)[0]!).counts?.students,
    ).toBe(60));
});

it('a name is found without its accents and in any case', () =>
  expect(folded('Escuela  Peñón')).toBe('escuela penon'));

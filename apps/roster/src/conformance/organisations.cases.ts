import { district, io, phobos } from './base-package.given.js';
import type { Case } from './case.given.js';
import { all, deleted, plus, set, without } from './changes.given.js';

const inDistrict = `school of ${district}`;
const org = (sourcedId: string, type: string, parentSourcedId: string, name = sourcedId) =>
  plus(district, { sourcedId, name, type, parentSourcedId });

/** Levels, departments, and trees that are none. */
export const organisationCases: Case[] = [
  {
    name: 'a school may stand at the top',
    files: { orgs: set(io, { parentSourcedId: '' }) },
    expect: { orgs: { [io]: 'school' }, counts: { [district]: [20, 2, 1], [io]: [4, 1, 1] } },
  },
  {
    name: 'a child may stand in front of its parent',
    files: { orgs: ({ header, rows }) => ({ header, rows: rows.toReversed() }) },
    expect: { orgs: { [district]: 'district', [io]: inDistrict }, counts: { [district]: [24, 3, 1] } },
  },
  {
    name: 'people of a department count where it belongs',
    files: { orgs: org('math', 'department', io), roles: set('R-T2', { orgSourcedId: 'math' }) },
    expect: { people: { T2: `teacher@${io}` }, counts: { [io]: [4, 1, 1] }, orgs: { math: null } },
  },
  {
    name: 'a department of a department belongs to what is above both',
    files: {
      orgs: all(org('math', 'department', io), org('algebra', 'department', 'math')),
      roles: set('R-T2', { orgSourcedId: 'algebra' }),
    },
    expect: { people: { T2: `teacher@${io}` }, orgs: { algebra: null } },
  },
  {
    name: 'an organisation under a department belongs to what is above that',
    files: { orgs: all(org('south', 'department', district), set(io, { parentSourcedId: 'south' })) },
    expect: { orgs: { [io]: inDistrict } },
  },
  {
    name: 'a department of nothing is put aside',
    files: { orgs: org('math', 'department', '') },
    expect: { aside: [['orgs', 5, 'parentSourcedId', 'reference', '']] },
  },
  {
    name: 'an orphan is put aside, and whatever is there with it',
    files: { orgs: set(io, { parentSourcedId: 'nowhere' }), users: set('P1', { agentSourcedIds: 'S01' }) },
    expect: {
      aside: [
        ['orgs', 4, 'parentSourcedId', 'reference', 'nowhere'],
        ['classes', 3, 'schoolSourcedId', 'reference', io],
        ['roles', 3, 'orgSourcedId', 'reference', io],
        ['roles', 26, 'orgSourcedId', 'reference', io],
        ['roles', 27, 'orgSourcedId', 'reference', io],
        ['roles', 28, 'orgSourcedId', 'reference', io],
        ['roles', 29, 'orgSourcedId', 'reference', io],
        ['enrollments', 5, 'schoolSourcedId', 'reference', io],
      ],
      orgs: { [io]: null, [phobos]: inDistrict },
      counts: { [district]: [20, 2, 1] },
      // S21 has no school, and so nobody can speak for them there.
      unclear: 1,
    },
  },
  {
    name: 'an orphan that was known before stays as it was',
    first: {},
    files: { orgs: set(io, { parentSourcedId: 'nowhere' }) },
    expect: {
      aside: [['orgs', 4, 'parentSourcedId', 'reference', 'nowhere']],
      files: { orgs: { kept: 1, missing: 0 } },
      orgs: { [io]: inDistrict },
      counts: { [district]: [24, 3, 1] },
    },
  },
  {
    name: 'what hangs on an orphan is put aside with it',
    files: { orgs: all(org('area', 'local', 'nowhere'), org('deep', 'school', 'area')) },
    expect: {
      aside: [
        ['orgs', 5, 'parentSourcedId', 'reference', 'nowhere'],
        ['orgs', 6, 'parentSourcedId', 'reference', 'area'],
      ],
      orgs: { area: null, deep: null, [io]: inDistrict },
    },
  },
  {
    name: 'an organisation that is its own parent is put aside',
    files: { orgs: org('loop', 'local', 'loop') },
    expect: { aside: [['orgs', 5, 'parentSourcedId', 'cycle', 'loop']], orgs: { loop: null } },
  },
  {
    name: 'a cycle of two is put aside, both of it, and the rest goes on',
    files: { orgs: all(org('a', 'local', 'b'), org('b', 'local', 'a')) },
    expect: {
      aside: [
        ['orgs', 5, 'parentSourcedId', 'cycle', 'b'],
        ['orgs', 6, 'parentSourcedId', 'cycle', 'a'],
      ],
      orgs: { a: null, b: null, [io]: inDistrict },
    },
  },
  {
    name: 'what hangs on a cycle is put aside as a reference, not as a part of it',
    files: { orgs: all(org('a', 'local', 'b'), org('b', 'local', 'a'), org('c', 'school', 'a')) },
    expect: {
      aside: [
        ['orgs', 5, 'parentSourcedId', 'cycle', 'b'],
        ['orgs', 6, 'parentSourcedId', 'cycle', 'a'],
        ['orgs', 7, 'parentSourcedId', 'reference', 'a'],
      ],
      orgs: { c: null },
    },
  },
  {
    name: 'a cycle of what was known leaves both as they were, and the rows that hang on it go on',
    first: {},
    files: { orgs: set(district, { parentSourcedId: io }) },
    expect: {
      aside: [
        ['orgs', 2, 'parentSourcedId', 'cycle', io],
        ['orgs', 4, 'parentSourcedId', 'cycle', district],
      ],
      files: { orgs: { kept: 2, unchanged: 1 } },
      orgs: { [district]: 'district', [io]: inDistrict, [phobos]: inDistrict },
      counts: { [district]: [24, 3, 1] },
    },
  },
  {
    name: 'an organisation twice: the first row counts, the second is put aside',
    files: { orgs: plus(io, { name: 'Another' }) },
    expect: { aside: [['orgs', 5, 'sourcedId', 'unique', io]], counts: { [io]: [4, 1, 1] } },
  },
  {
    name: 'a known organisation under a broken one that was known too: both stay in their places',
    first: { orgs: all(org('area', 'local', district), set(io, { parentSourcedId: 'area' })) },
    files: {
      orgs: all(org('area', 'local', 'nowhere'), set(io, { parentSourcedId: 'area', type: 'highschool' })),
    },
    expect: {
      aside: [
        ['orgs', 4, 'type', 'vocabulary', 'highschool'],
        ['orgs', 5, 'parentSourcedId', 'reference', 'nowhere'],
      ],
      files: { orgs: { kept: 2 } },
      orgs: { area: `region of ${district}`, [io]: 'school of area' },
      counts: { area: [4, 1, 1], [district]: [24, 3, 1] },
    },
  },
  {
    name: 'a delta that breaks an organisation in the middle leaves what hangs on it in its place',
    first: { orgs: all(org('area', 'local', district), set(io, { parentSourcedId: 'area' })) },
    mode: 'delta',
    files: { orgs: org('area', 'local', 'nowhere') },
    expect: {
      aside: [['orgs', 2, 'parentSourcedId', 'reference', 'nowhere']],
      orgs: { area: `region of ${district}`, [io]: 'school of area' },
      counts: { area: [4, 1, 1], [district]: [24, 3, 1] },
    },
  },
  {
    name: 'a known organisation whose new row is broken still carries the good new rows under it',
    first: {},
    files: {
      orgs: all(set(district, { parentSourcedId: 'nowhere' }), set(io, { name: 'Io Academy' })),
    },
    expect: {
      aside: [['orgs', 2, 'parentSourcedId', 'reference', 'nowhere']],
      files: { orgs: { kept: 1, altered: 1, unchanged: 1 } },
      orgs: { [district]: 'district', [io]: inDistrict },
      counts: { [district]: [24, 3, 1] },
    },
  },
  {
    name: 'an organisation whose parent goes stays, at the top, with its people',
    first: { orgs: all(org('area', 'local', district), set(io, { parentSourcedId: 'area' })) },
    mode: 'delta',
    files: {
      orgs: (file) => ({
        ...file,
        rows: [{ sourcedId: 'area', status: 'tobedeleted', name: 'a', type: 'local' }],
      }),
    },
    expect: {
      files: { orgs: { deleted: 1 } },
      orgs: { area: null, [io]: 'school', [phobos]: inDistrict },
      counts: { [io]: [4, 1, 1], [district]: [20, 2, 1] },
      holds: ['closed'],
    },
  },
  {
    name: 'a school that moves to another district is counted there',
    first: {},
    files: { orgs: all(org('mars', 'district', ''), set(io, { parentSourcedId: 'mars' })) },
    expect: {
      files: { orgs: { altered: 1, added: 1 } },
      orgs: { [io]: 'school of mars' },
      counts: { mars: [4, 1, 1], [district]: [20, 2, 1] },
    },
  },
  {
    name: 'a new name changes an organisation and nobody in it',
    first: {},
    files: { orgs: set(io, { name: 'Io Academy' }) },
    expect: { files: { orgs: { altered: 1, unchanged: 2 } } },
  },
  {
    name: 'a school that a bulk no longer names closes, which is held, and its people are losses',
    first: {},
    files: {
      orgs: without(io),
      classes: without('C2'),
      enrollments: without('E-S21'),
      users: set('P1', { agentSourcedIds: 'S01' }),
      roles: without('R-T2', 'R-S21', 'R-S22', 'R-S23', 'R-S24'),
    },
    expect: {
      files: { orgs: { missing: 1 } },
      orgs: { [io]: null },
      holds: ['closed', 'loss'],
      // T2, S21 to S24 are still users; P1 loses the school of S21.
      changes: { changed: 6 },
      unclear: 1,
    },
  },
  {
    name: 'a delta that deletes a school closes it, which is held',
    first: { users: set('S21', { agentSourcedIds: '' }) },
    mode: 'delta',
    files: { orgs: deleted(io) },
    expect: {
      files: { orgs: { deleted: 1 } },
      orgs: { [io]: null, [phobos]: inDistrict },
      holds: ['closed', 'loss'],
      changes: { changed: 6 },
      unclear: 1,
    },
  },
];

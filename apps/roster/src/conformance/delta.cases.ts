import { district, io, phobos } from './base-package.given.js';
import type { Case } from './case.given.js';
import { all, deleted, each, headerOnly, plus, set, text } from './changes.given.js';

const cases: Case[] = [
  {
    name: 'a delta of one new user and role adds one person, and everybody else stays',
    files: {
      users: plus('S05', { sourcedId: 'S99' }),
      roles: plus('R-S05', { sourcedId: 'R-S99', userSourcedId: 'S99' }),
    },
    expect: {
      changes: { added: 1 },
      files: { users: { mode: 'delta', read: 1, added: 1, missing: 0, kept: 0 } },
      counts: { [phobos]: [21, 1, 1], [district]: [25, 3, 1] },
    },
  },
  {
    name: 'a delta changes the rows that it names',
    files: { users: plus('S05', { grades: '01', status: 'active' }) },
    expect: {
      changes: { changed: 1 },
      files: { users: { altered: 1 } },
      counts: { [district]: [24, 3, 1] },
    },
  },
  {
    name: 'a delta that says what was known already changes nothing',
    files: { users: plus('S05'), roles: plus('R-S05') },
    expect: { files: { users: { unchanged: 1 }, roles: { unchanged: 1 } } },
  },
  {
    name: 'a delta deletes whom it calls to be deleted, and nobody else',
    files: { users: deleted('S05'), roles: deleted('R-S05') },
    expect: {
      changes: { gone: 1 },
      files: { users: { deleted: 1, missing: 0 } },
      people: { S05: null, S06: `student@${phobos}` },
      counts: { [phobos]: [19, 1, 1] },
    },
  },
  {
    name: 'a delta deletes a user whose roles it does not name: the person is gone all the same',
    files: { users: deleted('S05') },
    expect: { changes: { gone: 1 }, people: { S05: null }, counts: { [phobos]: [19, 1, 1] } },
  },
  {
    name: 'a delta may delete by id and status alone: nothing else of a row that goes is needed',
    files: {
      users: plus('S05', {
        status: 'tobedeleted',
        enabledUser: '',
        username: '',
        givenName: '',
        familyName: '',
      }),
    },
    expect: {
      changes: { gone: 1 },
      files: { users: { deleted: 1 } },
      people: { S05: null },
      counts: { [phobos]: [19, 1, 1] },
    },
  },
  {
    name: 'a delta that deletes somebody unknown changes nothing',
    files: { users: plus('S05', { sourcedId: 'S99', status: 'tobedeleted' }) },
    expect: { files: { users: { deleted: 0, unchanged: 1 } } },
  },
  {
    name: 'a delta that is only a header changes nothing, and is not held',
    files: { users: headerOnly, enrollments: headerOnly },
    expect: {
      files: { users: { read: 0, missing: 0 } },
      counts: { [district]: [24, 3, 1] },
      enrolments: 4,
    },
  },
  {
    name: 'a bad row of a delta is put aside, and what was known stays',
    files: { users: plus('S05', { enabledUser: 'maybe' }) },
    expect: {
      aside: [['users', 2, 'enabledUser', 'vocabulary', 'maybe']],
      files: { users: { kept: 1 } },
      people: { S05: `student@${phobos}` },
    },
  },
  {
    name: 'a bad row of a delta that would delete deletes nobody',
    files: { users: plus('S05', { status: 'tobedeleted', enabledUser: 'maybe' }) },
    expect: {
      aside: [['users', 2, 'enabledUser', 'vocabulary', 'maybe']],
      files: { users: { deleted: 0, kept: 1 } },
      people: { S05: `student@${phobos}` },
    },
  },
  {
    name: 'a row of a delta may name what an earlier import brought',
    files: { enrollments: plus('E-S02', { sourcedId: 'E-S03', userSourcedId: 'S03' }) },
    expect: { files: { enrollments: { added: 1 } }, enrolments: 5 },
  },
  {
    name: 'a row of a delta that names nobody is put aside',
    files: { enrollments: plus('E-S02', { sourcedId: 'E-S03', userSourcedId: 'nobody' }) },
    expect: { aside: [['enrollments', 2, 'userSourcedId', 'reference', 'nobody']], enrolments: 4 },
  },
  {
    name: 'a role for a user whom the same delta deletes is put aside',
    files: { users: deleted('S05'), roles: plus('R-S05', { sourcedId: 'R-2', orgSourcedId: io }) },
    expect: {
      aside: [['roles', 2, 'userSourcedId', 'reference', 'S05']],
      changes: { gone: 1 },
      people: { S05: null },
    },
  },
  {
    name: 'a delta of an enrolment that ends takes that enrolment alone',
    files: { enrollments: plus('E-S02', { endDate: '2021-01-01' }) },
    expect: { enrolments: 3, people: { S02: `student@${phobos}` }, files: { enrollments: { altered: 1 } } },
  },
  {
    name: 'a delta that disables a user keeps the person',
    files: { users: plus('S05', { enabledUser: 'false' }) },
    expect: { changes: { changed: 1, disabled: 1 }, people: { S05: `student@${phobos}` } },
  },
  {
    name: 'a delta that links one more student to a guardian keeps the links to the others',
    files: { users: plus('S05', { agentSourcedIds: 'P1' }) },
    expect: { changes: { changed: 1 }, speaksFor: { P1: ['S01', 'S05', 'S21'] } },
  },
  {
    name: 'a delta that gives an organisation another name keeps all people',
    files: { orgs: plus(io, { name: 'Io Academy' }) },
    expect: { files: { orgs: { altered: 1, missing: 0 } }, counts: { [io]: [4, 1, 1] } },
  },
  {
    name: 'of a row twice in one delta the first counts',
    files: { users: all(plus('S05', { grades: '01' }), plus('S05', { grades: '02' })) },
    expect: { aside: [['users', 3, 'sourcedId', 'unique', 'S05']], changes: { changed: 1 } },
  },
  {
    name: 'a delta that deletes a whole school of people is held as a loss',
    files: { users: each(['S21', 'S22', 'S23'], deleted) },
    expect: {
      // P1 stays at Phobos, and leaves Io with S21, whom both named.
      changes: { gone: 3, changed: 1 },
      holds: ['loss'],
      unclear: 1,
      counts: { [io]: [1, 1, 0] },
    },
  },
  {
    name: 'a refused file of a delta changes nothing of that file, and the others are staged',
    files: { users: text(() => ''), roles: plus('R-T1', { sourcedId: 'R-2', orgSourcedId: io }) },
    expect: {
      holds: ['refused'],
      changes: { changed: 1 },
      people: { T1: `teacher@${phobos} teacher@${io}`, S05: `student@${phobos}` },
    },
  },
  {
    name: 'a delta may come over a bulk in which a row was put aside, and bring the good row',
    first: { users: set('S05', { familyName: '' }) },
    files: { users: plus('S05'), roles: plus('R-S05') },
    expect: {
      changes: { added: 1 },
      people: { S05: `student@${phobos}` },
      counts: { [phobos]: [20, 1, 1] },
    },
  },
];

/** A delta says what changed: what it does not name stays. */
export const deltaCases = cases.map((one): Case => ({ first: {}, mode: 'delta', ...one }));

import { district, io, phobos } from './base-package.given.js';
import type { Case } from './case.given.js';
import { all, plus, set } from './changes.given.js';

const each = (words: string, row: (word: string, i: number) => ReturnType<typeof plus>) =>
  all(...words.split(' ').map(row));

/** OneRoster's words, each accepted, and each drift put aside with the word that was said. */
export const vocabularyCases: Case[] = [
  {
    name: 'every role of 1.2 is accepted',
    files: {
      roles: each(
        'aide counselor districtAdministrator guardian parent principal proctor relative siteAdministrator student systemAdministrator teacher',
        (role) => plus('R-T2', { sourcedId: `R-${role}`, role }),
      ),
    },
    expect: {
      files: { roles: { added: 40, quarantined: 0, slipped: {} } },
      people: {
        T2: [
          ...['aide', 'counselor', 'districtAdministrator', 'guardian', 'parent', 'principal', 'proctor'],
          ...['relative', 'siteAdministrator', 'student', 'systemAdministrator', 'teacher'],
        ]
          .map((role) => `${role}@${io}`)
          .join(' '),
      },
      counts: { [io]: [5, 1, 2] },
    },
  },
  {
    name: 'every role of 1.1 is accepted',
    version: '1.1',
    files: {
      users: each('administrator aide guardian parent proctor relative student teacher', (role) =>
        plus('T2', { sourcedId: `X-${role}`, role }),
      ),
    },
    expect: { files: { users: { added: 36, quarantined: 0 } }, counts: { [io]: [5, 5, 4] } },
  },
  {
    name: 'both role types are accepted',
    files: { roles: plus('R-T2', { sourcedId: 'R-2', roleType: 'secondary' }) },
    expect: { files: { roles: { added: 29 } } },
  },
  {
    name: 'every type of organisation is accepted and has its level; a department has none',
    files: {
      orgs: all(
        plus(district, { sourcedId: 'nation', type: 'national' }),
        plus(district, { sourcedId: 'state', type: 'state', parentSourcedId: 'nation' }),
        plus(district, { sourcedId: 'region', type: 'local', parentSourcedId: 'state' }),
        set(district, { parentSourcedId: 'region' }),
        plus(district, { sourcedId: 'math', type: 'department', parentSourcedId: io }),
      ),
    },
    expect: {
      files: { orgs: { added: 7, quarantined: 0 } },
      orgs: {
        nation: 'national',
        state: 'state of nation',
        region: 'region of state',
        [district]: 'district of region',
        [io]: `school of ${district}`,
        math: null,
      },
    },
  },
  {
    name: 'every type of class is accepted',
    files: {
      classes: each('homeroom scheduled', (classType) => plus('C1', { sourcedId: classType, classType })),
    },
    expect: { files: { classes: { added: 4, quarantined: 0 } } },
  },
  {
    name: 'every type of academic session is accepted',
    files: {
      academicSessions: each('gradingPeriod semester schoolYear term', (type) =>
        plus('T27', { sourcedId: type, type }),
      ),
    },
    expect: { files: { academicSessions: { added: 6, quarantined: 0 } } },
  },
  {
    name: 'every role of an enrolment is accepted',
    files: {
      enrollments: each('administrator proctor student teacher', (role) =>
        plus('E-S02', { sourcedId: `E-${role}`, role, userSourcedId: 'T2' }),
      ),
    },
    expect: {
      files: { enrollments: { added: 8, quarantined: 0 } },
      people: {
        T2: `administrator@${phobos} proctor@${phobos} student@${phobos} teacher@${phobos} teacher@${io}`,
      },
    },
  },
  ...(
    [
      ['a role of 1.1 in a 1.2 package', 'roles', 'R-S05', 10, 'role', 'administrator'],
      ['a role that is no word of OneRoster', 'roles', 'R-S05', 10, 'role', 'Pupil'],
      ['a role type that is no word of OneRoster', 'roles', 'R-S05', 10, 'roleType', 'main'],
      ['a type of organisation that is no word of OneRoster', 'orgs', io, 4, 'type', 'highschool'],
      ['a type of class that is no word of OneRoster', 'classes', 'C2', 3, 'classType', 'lab'],
      ['a type of session that is no word of OneRoster', 'academicSessions', 'T27', 3, 'type', 'quarter'],
      ['a guardian as a role of an enrolment', 'enrollments', 'E-S02', 4, 'role', 'parent'],
      ['yes for a truth value', 'users', 'S05', 10, 'enabledUser', 'yes'],
      ['1 for a truth value', 'users', 'S05', 10, 'enabledUser', '1'],
      ['primary that is neither true nor false', 'enrollments', 'E-S02', 4, 'primary', 'no'],
      ['a status that is no word of OneRoster', 'users', 'S05', 10, 'status', 'deleted'],
      ['inactive as a status, which 1.0 had', 'roles', 'R-S05', 10, 'status', 'inactive'],
    ] as const
  ).map(([what, file, row, line, column, value]): Case => ({
    name: `${what} puts the row aside, and what was known stays`,
    first: {},
    files: { [file]: set(row, { [column]: value }) },
    expect: {
      aside: [[file, line, column, 'vocabulary', value]],
      files: { [file]: { quarantined: 1, kept: 1, missing: 0, deleted: 0 } },
      people: { S05: `student@${phobos}` },
    },
  })),
  {
    name: 'a type of class or session that is an extension is taken, and another one is a change of the row',
    first: {
      classes: set('C2', { classType: 'ext:lab' }),
      academicSessions: set('T27', { type: 'ext:quarter' }),
    },
    files: {
      classes: set('C2', { classType: 'ext:lab-2' }),
      academicSessions: set('T27', { type: 'ext:quarter' }),
    },
    expect: {
      files: {
        classes: { altered: 1, unchanged: 1, quarantined: 0, slipped: {} },
        academicSessions: { unchanged: 2, quarantined: 0 },
      },
    },
  },
  ...(
    [
      ['a role that is an extension', 'roles', 'R-S05', 10, 'role', 'ext:mentor'],
      ['a type of organisation that is an extension', 'orgs', io, 4, 'type', 'ext:campus'],
      ['a role of an enrolment that is an extension', 'enrollments', 'E-S02', 4, 'role', 'ext:auditor'],
      ['a role type, which has no extensions,', 'roles', 'R-S05', 10, 'roleType', 'ext:third'],
      ['an extension without a word', 'classes', 'C2', 3, 'classType', 'ext:'],
      ['an extension of two words', 'classes', 'C2', 3, 'classType', 'ext:a b'],
    ] as const
  ).map(([what, file, row, line, column, value]): Case => ({
    name: `${what} puts the row aside, and what was known stays`,
    first: {},
    files: { [file]: set(row, { [column]: value }) },
    expect: { aside: [[file, line, column, 'vocabulary', value]], files: { [file]: { kept: 1 } } },
  })),
  {
    name: 'in 1.1 there are no extensions: the class is put aside',
    version: '1.1',
    first: {},
    files: { classes: set('C2', { classType: 'ext:lab' }) },
    expect: { aside: [['classes', 3, 'classType', 'vocabulary', 'ext:lab']] },
  },
  {
    name: 'a role of 1.2 in a 1.1 package puts the row aside',
    version: '1.1',
    first: {},
    files: { users: set('T2', { role: 'principal' }) },
    expect: { aside: [['users', 3, 'role', 'vocabulary', 'principal']], people: { T2: `teacher@${io}` } },
  },
  {
    name: 'a role in another case is taken, and the slip is counted by column',
    first: {},
    files: { roles: set('R-S05', { role: 'STUDENT' }) },
    expect: { files: { roles: { unchanged: 28, slipped: { role: 1 } } } },
  },
  {
    name: 'truth values in capitals are taken, and counted as slips',
    first: {},
    files: { users: all(set('S05', { enabledUser: 'TRUE' }), set('S06', { enabledUser: 'True' })) },
    expect: { files: { users: { unchanged: 28, slipped: { enabledUser: 2 } } } },
  },
  {
    name: 'ToBeDeleted in another case deletes',
    first: {},
    files: { users: set('S05', { status: 'toBeDeleted' }), roles: set('R-S05', { status: 'TOBEDELETED' }) },
    expect: { files: { users: { deleted: 1 }, roles: { deleted: 1 } }, changes: { gone: 1 } },
  },
  ...(
    [
      ['a date as Americans write it', '08/10/2026'],
      ['a date without leading zeros', '2026-8-1'],
      ['a day that no month has', '2026-02-30'],
      ['a 29th of February in a year without one', '2027-02-29'],
      ['a month 13', '2026-13-01'],
      ['a date with a time', '2026-08-10T00:00:00Z'],
      ['the day number of a spreadsheet', '46244'],
    ] as const
  ).map(([what, value]): Case => ({
    name: `${what} puts an enrolment aside, and the one that was known stays`,
    first: {},
    files: { enrollments: set('E-S02', { beginDate: value }) },
    expect: {
      aside: [['enrollments', 4, 'beginDate', 'date', value]],
      files: { enrollments: { kept: 1, missing: 0 } },
      enrolments: 4,
    },
  })),
  {
    name: 'a 29th of February in a leap year is a date',
    files: { enrollments: set('E-S02', { beginDate: '2024-02-29' }) },
    expect: { enrolments: 4 },
  },
  {
    name: 'a wrong date of a role puts the role aside',
    first: {},
    files: { roles: set('R-S05', { endDate: 'June' }) },
    expect: { aside: [['roles', 10, 'endDate', 'date', 'June']], people: { S05: `student@${phobos}` } },
  },
  {
    name: 'a wrong date of a session puts the session aside, and classes still find the one that was known',
    first: {},
    files: { academicSessions: set('SY27', { endDate: '2027-06-31' }) },
    expect: { aside: [['academicSessions', 2, 'endDate', 'date', '2027-06-31']] },
  },
  {
    name: 'the first broken rule of a row is the one that is told, and a row is put aside once',
    first: {},
    files: { enrollments: set('E-S02', { role: 'pupil', beginDate: 'June', endDate: 'July' }) },
    expect: {
      aside: [['enrollments', 4, 'role', 'vocabulary', 'pupil']],
      files: { enrollments: { quarantined: 1 } },
    },
  },
];

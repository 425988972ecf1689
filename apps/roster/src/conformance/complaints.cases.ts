import { district, io, phobos } from './base-package.given.js';
import type { Cells, Table } from './base-package.given.js';
import type { Aside, Case } from './case.given.js';
import { all, each, headerOnly, plus, set, text, without } from './changes.given.js';

const rows = (change: (all: Cells[]) => Cells[]) => (file: Table) => ({
  header: file.header,
  rows: change(file.rows),
});
const zeros = (name: string) => rows((all) => all.map((row) => ({ ...row, [name]: `00${row[name]}` })));

/** What administrators of districts tell of imports that went wrong elsewhere: none of it may happen here unseen. */
export const complaintCases: Case[] = [
  {
    name: 'a transfer of users.csv that broke off in the middle of a row loses nobody',
    first: {},
    files: { users: text((csv) => csv.slice(0, csv.indexOf('Given S05') + 3)) },
    expect: {
      aside: [['users', 10, '', 'columns', '6']],
      files: { users: { unreadable: 1, missing: 0, kept: 20 } },
      counts: { [district]: [24, 3, 1] },
    },
  },
  {
    name: 'a transfer of users.csv that broke off between two rows is held as a loss',
    first: {},
    files: { users: text((csv) => csv.slice(0, csv.indexOf('S11'))) },
    expect: {
      aside: [
        ...Array.from({ length: 14 }, (_, i): Aside => [
          'roles',
          16 + i,
          'userSourcedId',
          'reference',
          `S${11 + i}`,
        ]),
        ['enrollments', 5, 'userSourcedId', 'reference', 'S21'],
      ],
      changes: { gone: 14, changed: 1 },
      holds: ['loss', 'loss'],
      unclear: 1,
    },
  },
  {
    name: 'only the first page of users and roles is held as a loss',
    first: {},
    files: {
      users: rows((all) => all.slice(0, 19)),
      roles: rows((all) => all.slice(0, 19)),
      enrollments: without('E-S21'),
    },
    expect: { changes: { gone: 9, changed: 1 }, holds: ['loss', 'loss'], unclear: 1 },
  },
  {
    name: 'only the first page of roles is held as a loss, although every user is there',
    first: {},
    files: { roles: rows((all) => all.slice(0, 10)) },
    expect: {
      // S07 to S20, S22 to S24; S21 is enrolled.
      changes: { changed: 17 },
      holds: ['loss', 'loss'],
    },
  },
  {
    name: 'users.csv that is only a header is held, and says so by the name of the file',
    first: {},
    files: { users: headerOnly, roles: headerOnly, enrollments: headerOnly, demographics: headerOnly },
    expect: {
      changes: { gone: 28 },
      holds: ['empty', 'empty', 'empty', 'loss', 'loss', 'loss'],
      notCounted: 'users.csv has no row that was accepted',
    },
  },
  {
    name: 'enrollments.csv that is only a header is held',
    first: {},
    files: { enrollments: headerOnly },
    expect: { files: { enrollments: { missing: 4 } }, holds: ['empty'], enrolments: 0 },
  },
  {
    name: 'orgs.csv that is only a header is not taken for a district without schools',
    first: {},
    files: { orgs: headerOnly },
    expect: { fails: /only a header/ },
  },
  {
    name: 'orgs.csv that broke off in the middle of a row closes nothing',
    first: {},
    files: { orgs: text((csv) => csv.slice(0, csv.indexOf('Ío'))) },
    expect: {
      aside: [['orgs', 4, '', 'columns', '4']],
      files: { orgs: { missing: 0, kept: 1 } },
      orgs: { [io]: `school of ${district}` },
    },
  },
  {
    name: 'a spreadsheet that ate the leading zeros of every id of people: all gone and added, and held',
    first: {
      users: zeros('sourcedId'),
      roles: zeros('userSourcedId'),
      enrollments: zeros('userSourcedId'),
      demographics: zeros('sourcedId'),
    },
    files: {},
    expect: { changes: { added: 28, gone: 28 }, holds: ['loss', 'loss', 'loss'] },
  },
  {
    name: 'a spreadsheet that ate the zeros of roles.csv alone: the roles are put aside, and nobody moves',
    first: {},
    files: {
      roles: each(['R-S05', 'R-S06'], (id) => set(id, { userSourcedId: id.slice(2).replace('S0', 'S') })),
    },
    expect: {
      aside: [
        ['roles', 10, 'userSourcedId', 'reference', 'S5'],
        ['roles', 11, 'userSourcedId', 'reference', 'S6'],
      ],
      people: { S05: `student@${phobos}`, S06: `student@${phobos}` },
    },
  },
  {
    name: 'one row twice does not abort the file: the first counts, the second is put aside',
    first: {},
    files: { users: plus('S05') },
    expect: { aside: [['users', 30, 'sourcedId', 'unique', 'S05']], files: { users: { unchanged: 28 } } },
  },
  {
    name: 'one id twice with other content: the first counts',
    first: {},
    files: { users: plus('S05', { grades: '12', enabledUser: 'false' }) },
    expect: { aside: [['users', 30, 'sourcedId', 'unique', 'S05']] },
  },
  {
    name: 'a bad row and then a good one of the same id: the good one counts',
    first: {},
    files: { users: all(set('S05', { enabledUser: '' }), plus('S05', { grades: '01' })) },
    expect: {
      aside: [['users', 10, 'enabledUser', 'required', '']],
      changes: { changed: 1 },
      files: { users: { altered: 1, kept: 0 } },
    },
  },
  {
    name: 'every row twice: each is put aside once, and nothing changes',
    first: {},
    files: { enrollments: rows((all) => [...all, ...all]) },
    expect: {
      aside: [6, 7, 8, 9].map((line): Aside => ['enrollments', line, 'sourcedId', 'unique']),
      files: { enrollments: { read: 8, unchanged: 4 } },
      enrolments: 4,
    },
  },
  {
    name: 'an update of the vendor that writes another word for every student: all put aside, all stay, held',
    first: {},
    files: { enrollments: rows((all) => all.map((row) => ({ ...row, role: 'learner' }))) },
    expect: {
      aside: [2, 3, 4, 5].map((line): Aside => ['enrollments', line, 'role', 'vocabulary', 'learner']),
      files: { enrollments: { kept: 4 } },
      holds: ['empty'],
      enrolments: 4,
    },
  },
  {
    name: 'a vendor that no longer sends a column: the file is refused, held, and everybody stays',
    first: {},
    files: {
      roles: ({ header, rows: all }) => ({ header: header.filter((name) => name !== 'role'), rows: all }),
    },
    expect: { holds: ['refused'], counts: { [district]: [24, 3, 1] } },
  },
  {
    name: 'the rollover of a year: everybody in the next grade, nobody lost, not held',
    first: {},
    files: { users: rows((all) => all.map((row) => (row['grades'] ? { ...row, grades: '10' } : row))) },
    expect: { changes: { changed: 24 }, counts: { [district]: [24, 3, 1] } },
  },
  {
    name: 'a tenth of a school that leaves is let through, a little more is held',
    first: {},
    files: { users: without('S05', 'S06', 'S07'), roles: without('R-S05', 'R-S06', 'R-S07') },
    expect: { changes: { gone: 3 }, holds: ['loss'] },
  },
  {
    name: 'two of twenty-two people who leave are let through',
    first: {},
    files: { users: without('S05', 'S06'), roles: without('R-S05', 'R-S06') },
    expect: { changes: { gone: 2 } },
  },
  {
    name: 'a loss is counted by school: two schools of which one loses all are not averaged',
    first: {},
    files: { users: without('S24'), roles: without('R-S24') },
    expect: { changes: { gone: 1 }, holds: ['loss'] },
  },
];

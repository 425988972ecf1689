import { io, phobos } from './base-package.given.js';
import type { Case } from './case.given.js';
import { all, headerOnly, plus, set, swap, text, withoutColumn } from './changes.given.js';

/** How files are written: marks, line ends, quotes, encodings, headers. */
export const csvCases: Case[] = [
  {
    name: 'a byte order mark is not part of the first column',
    files: { users: text((csv) => `\ufeff${csv}`) },
    expect: { files: { users: { added: 28 } } },
  },
  {
    name: 'a byte order mark in front of a quoted header is not part of it',
    files: { users: text((csv) => `\ufeff${csv.replace('sourcedId', '"sourcedId"')}`) },
    expect: { files: { users: { added: 28 } } },
  },
  {
    name: 'CRLF at the ends of lines is fine, and the line that is told is right',
    first: {},
    files: { users: text((csv) => csv.replace('S05,,,true', 'S05,,,perhaps').replaceAll('\n', '\r\n')) },
    expect: {
      aside: [['users', 10, 'enabledUser', 'vocabulary', 'perhaps']],
      files: { users: { unchanged: 27, kept: 1, missing: 0 } },
    },
  },
  {
    name: 'CR alone at the ends of lines is fine',
    files: { users: text((csv) => csv.replaceAll('\n', '\r')) },
    expect: { files: { users: { added: 28 } } },
  },
  {
    name: 'a last line without a line end is a row',
    files: { users: text((csv) => csv.trimEnd()) },
    expect: { files: { users: { added: 28 } }, people: { S24: `student@${io}` } },
  },
  {
    name: 'empty lines are no rows',
    files: { users: text((csv) => csv.replaceAll('\n', '\n\n')) },
    expect: { files: { users: { read: 28, added: 28 } } },
  },
  {
    name: 'every value in quotes is the same as none',
    first: {},
    files: { roles: text((csv) => csv.replace(/[^,\n]+/g, (cell) => `"${cell}"`)) },
    expect: { files: { roles: { unchanged: 28, altered: 0 } } },
  },
  {
    name: 'a comma and a doubled quote inside quotes belong to the value',
    files: { orgs: set(io, { name: 'Io "High", School' }) },
    expect: { files: { orgs: { added: 3 } } },
  },
  {
    name: 'a line break inside quotes belongs to the value, and later lines are told right',
    files: { orgs: set(phobos, { name: 'Phobos\nElementary' }), users: set('T1', { givenName: 'A\r\nB' }) },
    expect: { files: { orgs: { added: 3 }, users: { added: 28 } } },
  },
  {
    name: 'after a line break inside quotes a bad row is told by the line on which it begins',
    first: {},
    files: {
      users: all(set('T1', { givenName: 'A\nB\nC' }), set('S05', { enabledUser: 'perhaps' })),
    },
    expect: {
      aside: [['users', 12, 'enabledUser', 'vocabulary', 'perhaps']],
      files: { users: { altered: 1, kept: 1 } },
    },
  },
  {
    name: 'spaces around a value are not part of it',
    first: {},
    files: { roles: swap('R-S05,,,S05,primary,student', 'R-S05,,, S05 ,primary, student ') },
    expect: { files: { roles: { unchanged: 28 } } },
  },
  {
    name: 'letters beyond ASCII come through',
    files: { orgs: set(io, { name: 'Île-de-Ío 小学校 🌙' }) },
    expect: { files: { orgs: { added: 3 } }, orgs: { [io]: 'school of 00417' } },
  },
  {
    name: 'a row with a cell too many is put aside, and nobody is taken for missing',
    first: {},
    files: { users: swap('S05@moon.test,,', 'S05@moon.test,,,') },
    expect: {
      aside: [['users', 10, '', 'columns', '12']],
      files: { users: { quarantined: 1, unreadable: 1, missing: 0, kept: 1, unchanged: 27 } },
      people: { S05: `student@${phobos}` },
    },
  },
  {
    name: 'a row with a cell too few is put aside, and nobody is taken for missing',
    first: {},
    files: { users: swap('S05,,,true', 'S05,,true') },
    expect: {
      aside: [['users', 10, '', 'columns', '10']],
      files: { users: { unreadable: 1, missing: 0, kept: 1 } },
      people: { S05: `student@${phobos}` },
    },
  },
  {
    name: 'a stray quote puts one row aside, and the rows behind it go on',
    first: {},
    files: { users: swap('Given S05', 'Gi"ven S05') },
    expect: {
      aside: [['users', 10, '', 'quotes']],
      files: { users: { read: 28, unchanged: 27, missing: 0, kept: 1 } },
      people: { S05: `student@${phobos}`, S06: `student@${phobos}` },
    },
  },
  {
    name: 'a quote that is never closed refuses the file, and everybody stays',
    first: {},
    files: { users: swap('Given S05', '"Given S05') },
    expect: { holds: ['refused'], people: { S05: `student@${phobos}`, S24: `student@${io}` } },
  },
  {
    name: 'a column twice refuses the file by name',
    first: {},
    files: { users: swap('username', 'email') },
    expect: { holds: ['refused'], files: { users: { refused: 'users.csv has the column email twice' } } },
  },
  {
    name: 'a column twice in another case refuses the file too',
    first: {},
    files: { users: swap('username', 'EMAIL') },
    expect: { holds: ['refused'], files: { users: { refused: 'users.csv has the column email twice' } } },
  },
  {
    name: 'header names may differ in case and have spaces around them',
    first: {},
    files: { users: swap('enabledUser,username', ' ENABLEDUSER , UserName') },
    expect: { files: { users: { unchanged: 28 } } },
  },
  {
    name: 'columns may stand in another order',
    first: {},
    files: { roles: ({ header, rows }) => ({ header: header.toReversed(), rows }) },
    expect: { files: { roles: { unchanged: 28 } } },
  },
  {
    name: 'columns that nobody knows are tolerated',
    first: {},
    files: {
      users: ({ header, rows }) => ({
        header: [...header, 'metadata.lunch', 'x'],
        rows: rows.map((row) => ({ ...row, x: 'y' })),
      }),
    },
    expect: { files: { users: { unchanged: 28 } } },
  },
  {
    name: 'a password column is not looked at: a new password is no change',
    first: {},
    files: { users: text((csv) => csv.replaceAll('hunter2', 'hunter3')) },
    expect: { files: { users: { unchanged: 28, altered: 0 } } },
  },
  {
    name: 'optional columns may be left out altogether',
    files: { roles: withoutColumn('endDate'), enrollments: withoutColumn('primary') },
    expect: { files: { roles: { added: 28 }, enrollments: { added: 4 } }, enrolments: 4 },
  },
  {
    name: 'UTF-16 is refused by name',
    first: {},
    files: { users: text((csv) => Buffer.from(`\ufeff${csv}`, 'utf16le')) },
    expect: {
      holds: ['refused'],
      files: { users: { refused: 'users.csv is UTF-16; save it as UTF-8' } },
      people: { S05: `student@${phobos}` },
    },
  },
  {
    name: 'Windows-1252 is refused by name rather than mangled',
    first: {},
    files: { orgs: text((csv) => Buffer.from(csv, 'latin1')) },
    expect: {
      holds: ['refused'],
      files: { orgs: { refused: 'orgs.csv is not UTF-8 (perhaps Windows-1252); save it as UTF-8' } },
      orgs: { [io]: 'school of 00417' },
    },
  },
  {
    name: 'a NUL byte refuses the file, and everybody stays',
    first: {},
    files: { users: swap('Given S05', 'Given\u0000S05') },
    expect: {
      holds: ['refused'],
      files: { users: { refused: 'users.csv has NUL bytes; it is not a CSV file in UTF-8' } },
      people: { S05: `student@${phobos}` },
    },
  },
  {
    name: 'a file without even a header is refused, and everybody stays',
    first: {},
    files: { users: text(() => '') },
    expect: { holds: ['refused'], people: { S05: `student@${phobos}` } },
  },
  {
    name: 'a file with other separators is refused for the columns it lacks',
    first: {},
    files: { users: text((csv) => csv.replaceAll(',', ';')) },
    expect: { holds: ['refused'], people: { S05: `student@${phobos}` } },
  },
  {
    name: 'a tab inside an id puts the row aside',
    files: { roles: plus('R-S05', { sourcedId: 'R\t1' }) },
    expect: { aside: [['roles', 30, 'sourcedId', 'characters']], files: { roles: { added: 28 } } },
  },
  {
    name: 'an id of more than 128 characters puts the row aside, with its value cut',
    files: { roles: plus('R-S05', { sourcedId: 'x'.repeat(129) }) },
    expect: { aside: [['roles', 30, 'sourcedId', 'length', 'x'.repeat(80)]] },
  },
  {
    name: 'an id of 128 characters is taken',
    files: { roles: plus('R-S05', { sourcedId: 'x'.repeat(128) }) },
    expect: { files: { roles: { added: 29 } } },
  },
  {
    name: 'an organisation with a name of more than 300 characters is put aside',
    first: {},
    files: { orgs: set(io, { name: 'x'.repeat(301) }) },
    expect: {
      aside: [['orgs', 4, 'name', 'length']],
      orgs: { [io]: 'school of 00417' },
      files: { orgs: { kept: 1 } },
    },
  },
  {
    name: 'a header without any row is an empty file of the first import, not an error',
    files: { enrollments: headerOnly },
    expect: { files: { enrollments: { read: 0 } }, enrolments: 0 },
  },
];

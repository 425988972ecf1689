import type { FileName, OneRosterVersion } from '../oneroster/columns.js';
import type { Case, Changes } from './case.given.js';
import { set, withoutColumn } from './changes.given.js';

/**
 * What OneRoster requires in each file, written down from its tables. The row is one on which nobody else depends.
 */
const owed: [file: FileName, version: OneRosterVersion, row: string, line: number, columns: string][] = [
  ['orgs', '1.2', '00417-051', 4, 'name type'],
  ['academicSessions', '1.2', 'T27', 3, 'title type startDate endDate schoolYear'],
  ['courses', '1.2', 'K2', 3, 'title orgSourcedId'],
  ['classes', '1.2', 'C2', 3, 'title courseSourcedId classType schoolSourcedId termSourcedIds'],
  ['users', '1.2', 'S05', 10, 'enabledUser username givenName familyName'],
  ['users', '1.1', 'S05', 10, 'enabledUser username givenName familyName orgSourcedIds role'],
  ['roles', '1.2', 'R-S05', 10, 'userSourcedId roleType role orgSourcedId'],
  ['enrollments', '1.2', 'E-S02', 4, 'classSourcedId schoolSourcedId userSourcedId role'],
];

const whole: [file: FileName, row: string, line: number][] = [
  ['orgs', '00417-051', 4],
  ['academicSessions', 'T27', 3],
  ['courses', 'K2', 3],
  ['classes', 'C2', 3],
  ['users', 'S05', 10],
  ['roles', 'R-S05', 10],
  ['enrollments', 'E-S02', 4],
];

const change = (file: FileName, how: Changes[FileName]): Changes => ({ [file]: how });

/** A row that lacks something is put aside and costs nobody anything; a file that lacks a column is refused. */
export const requiredCases: Case[] = [
  ...owed.flatMap(([file, version, row, line, columns]) =>
    columns.split(' ').map((column): Case => ({
      name: `${file}.csv of ${version}: a row without ${column} is put aside, and what was known stays`,
      version,
      first: {},
      files: change(file, set(row, { [column]: '' })),
      expect: {
        aside: [[file, line, column, 'required', '']],
        files: { [file]: { quarantined: 1, kept: 1, missing: 0, added: 0, altered: 0, deleted: 0 } },
      },
    })),
  ),
  ...whole.map(([file, row, line]): Case => ({
    name: `${file}.csv: of a row without sourcedId nobody can tell whose it is, so nothing is taken for missing`,
    first: {},
    files: change(file, set(row, { sourcedId: ' ' })),
    expect: {
      aside: [[file, line, 'sourcedId', 'required', '']],
      files: { [file]: { quarantined: 1, kept: 1, missing: 0 } },
    },
  })),
  ...owed.flatMap(([file, version, , , columns]) =>
    ['sourcedId', ...columns.split(' ')].map((column): Case => ({
      name: `${file}.csv of ${version}: without the column ${column} the file is refused, and all of it stays`,
      version,
      first: {},
      files: change(file, withoutColumn(column)),
      expect: {
        files: { [file]: { refused: `${file}.csv lacks the required column ${column}` } },
        holds: ['refused'],
      },
    })),
  ),
  {
    name: 'demographics.csv: a row without sourcedId is put aside',
    files: { demographics: set('S02', { sourcedId: '' }) },
    expect: { aside: [['demographics', 3, 'sourcedId', 'required', '']] },
  },
  {
    name: 'demographics.csv: without the column sourcedId the file is refused, and the others are read',
    files: { demographics: withoutColumn('sourcedId') },
    expect: { files: { demographics: { refused: 'demographics.csv lacks the required column sourcedId' } } },
  },
];

import type { FileName } from '../oneroster/columns.js';
import { csvOf } from './base-package.given.js';
import type { Cells, Table } from './base-package.given.js';

/** What was done to a feed. */
export interface Mutation {
  fault: string;
  file: FileName;
  content: string;
  /** Ids of the rows that were touched, and of the users whom these name. `all`: the whole file was. */
  touched: ReadonlySet<string> | 'all';
}

interface Hit {
  table: Table;
  row: Cells;
  random: () => number;
}

const required: Record<FileName, string[]> = {
  orgs: ['sourcedId', 'name', 'type'],
  academicSessions: ['sourcedId', 'title', 'type', 'startDate', 'endDate', 'schoolYear'],
  courses: ['sourcedId', 'title', 'orgSourcedId'],
  classes: ['sourcedId', 'title', 'courseSourcedId', 'classType', 'schoolSourcedId', 'termSourcedIds'],
  users: ['sourcedId', 'enabledUser', 'username', 'givenName', 'familyName'],
  roles: ['sourcedId', 'userSourcedId', 'roleType', 'role', 'orgSourcedId'],
  enrollments: ['sourcedId', 'classSourcedId', 'schoolSourcedId', 'userSourcedId', 'role'],
  demographics: ['sourcedId'],
};
const words = ['type', 'classType', 'role', 'roleType', 'enabledUser', 'status'];
const dates = ['startDate', 'endDate', 'beginDate'];

/** Faults of one row: they change its cells, or the rows beside it. undefined: the file has no such column. */
const rowFaults: Record<string, (hit: Hit, file: FileName) => Cells[] | undefined> = {
  'a required cell blank': ({ row, random }, file) => [{ ...row, [pick(required[file], random)]: '' }],
  'a wrong word': ({ table, row, random }) => other(row, words, table, random, 'Sometimes'),
  'a bad date': ({ table, row, random }) => other(row, dates, table, random, '31/02/2026'),
  'a reference that leads nowhere': ({ table, row, random }) =>
    other(
      row,
      table.header.filter((name) => /.SourcedIds?$/.test(name) && row[name] && name !== 'agentSourcedIds'),
      table,
      random,
      'nobody',
    ),
  'a row twice': ({ row }) => [row, row],
  'an id twice with other content': ({ table, row, random }) => [
    row,
    { ...pick(table.rows, random), sourcedId: row['sourcedId']! },
  ],
  'a very long cell': ({ table, row, random }) => [
    { ...row, [pick(table.header, random)]: 'x'.repeat(5_000) },
  ],
  'an id without its first letters': ({ row }) => [{ ...row, sourcedId: row['sourcedId']!.slice(1) }],
  'to be deleted': ({ row }) => [{ ...row, status: 'tobedeleted' }],
  'an organisation in a circle': ({ row }, file) =>
    file === 'orgs' ? [{ ...row, parentSourcedId: row['sourcedId']! }] : undefined,
  'an organisation without its parent': ({ row }, file) =>
    file === 'orgs' ? [{ ...row, parentSourcedId: 'nowhere' }] : undefined,
};

/** Faults of the text of one line. */
const lineFaults: Record<string, (line: string) => string> = {
  'a cell too few in a row': (line) => line.slice(0, line.lastIndexOf(',')),
  'a cell too many in a row': (line) => `${line},`,
  'a stray quote in a row': (line) => line.replace(/([a-z0-9])(,|$)/i, '$1"x$2'),
};

/** Faults of a whole file. */
const fileFaults: Record<string, (csv: string, random: () => number) => string> = {
  'a quote that stays open': (csv, random) => {
    const comma = csv.indexOf(',', csv.indexOf('\n') + Math.floor(random() * (csv.length / 2)));
    return `${csv.slice(0, comma + 1)}"${csv.slice(comma + 1)}`;
  },
  'a header twice': (csv) => csv.replace('dateLastModified', 'sourcedId'),
  'a header renamed': (csv) => csv.replace('sourcedId', 'source_id'),
  'a byte order mark': (csv) => `\ufeff${csv}`,
  'cut in the middle of a row': (csv, random) => {
    const lines = csv.trimEnd().split('\n');
    const at = 1 + Math.floor(random() * (lines.length - 1));
    // Within the last cell nothing tells a cut row from a whole one; what that loses is for the limits to see.
    const last = lines[at]!.lastIndexOf(',');
    return [...lines.slice(0, at), lines[at]!.slice(0, 1 + Math.floor(random() * (last - 1)))].join('\n');
  },
  'cut between two rows': (csv, random) => {
    const lines = csv.trimEnd().split('\n');
    return `${lines.slice(0, 1 + Math.floor(random() * (lines.length - 1))).join('\n')}\n`;
  },
  'only a header': (csv) => csv.slice(0, csv.indexOf('\n') + 1),
  'a NUL byte': (csv, random) => {
    const at = Math.floor(random() * csv.length);
    return `${csv.slice(0, at)}\u0000${csv.slice(at)}`;
  },
};

export const faults = [rowFaults, lineFaults, fileFaults].flatMap((some) => Object.keys(some));

/** One fault, in one file of a good package, by chance. */
export function mutate(good: ReadonlyMap<FileName, Table>, random: () => number): Mutation {
  for (;;) {
    const fault = pick(faults, random);
    const file = pick([...good.keys()], random);
    const table = good.get(file)!;
    const at = Math.floor(random() * table.rows.length);
    const row = table.rows[at]!;
    if (fileFaults[fault])
      return { fault, file, content: fileFaults[fault](csvOf(table), random), touched: 'all' };
    const lines = csvOf(table).split('\n');
    if (lineFaults[fault]) {
      lines[at + 1] = lineFaults[fault](lines[at + 1]!);
      return { fault, file, content: lines.join('\n'), touched: idsIn([row]) };
    }
    const rows = rowFaults[fault]!({ table, row, random }, file);
    if (!rows) continue;
    const content = csvOf({ header: table.header, rows: table.rows.toSpliced(at, 1, ...rows) });
    return { fault, file, content, touched: idsIn([row, ...rows]) };
  }
}

function other(
  row: Cells,
  some: readonly string[],
  { header }: Table,
  random: () => number,
  value: string,
): Cells[] | undefined {
  const there = some.filter((name) => header.includes(name));
  return there.length > 0 ? [{ ...row, [pick(there, random)]: value }] : undefined;
}

/** Ids of rows, and of the users whom they name. */
function idsIn(rows: readonly Cells[]): Set<string> {
  const names = ['sourcedId', 'userSourcedId', 'agentSourcedIds'];
  return new Set(
    rows.flatMap((row) => names.flatMap((name) => (row[name] ?? '').split(','))).filter(Boolean),
  );
}

function pick<T>(all: readonly T[], random: () => number): T {
  return all[Math.floor(random() * all.length)]!;
}

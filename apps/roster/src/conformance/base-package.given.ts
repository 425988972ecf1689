import type { FileName, OneRosterVersion } from '../oneroster/columns.js';

export type Cells = Record<string, string>;
export interface Table {
  header: string[];
  rows: Cells[];
}
export type TableName = FileName | 'manifest';
/** What lies in a file. */
export type Content = Table | string | Buffer;

export const district = '00417';
export const phobos = '00417-012';
export const io = '00417-051';

const students = Array.from({ length: 24 }, (_, i) => `S${String(i + 1).padStart(2, '0')}`);
const schoolOf = (student: string): string => (student <= 'S20' ? phobos : io);
const gradeOf = (student: string): string => (student <= 'S10' ? 'KG' : student <= 'S20' ? '01' : '09');

/** Whom every user is, in the order of the file: the first stands on line 2. */
const people: [id: string, role: string, org: string][] = [
  ['T1', 'teacher', phobos],
  ['T2', 'teacher', io],
  ['A1', 'systemAdministrator', district],
  ['P1', 'parent', phobos],
  ...students.map((id): [string, string, string] => [id, 'student', schoolOf(id)]),
];

/**
 * A good package of every file that is read: a district with two schools, Phobos (20 students, S01 to S20) and Io
 * (S21 to S24), a teacher at each, an administrator of the district, and P1, the parent of S01 and S21.
 */
export function basePackage(version: OneRosterVersion): Map<FileName, Table> {
  const isNew = version === '1.2';
  const files = new Map<FileName, Table>();
  const put = (file: FileName, header: string, rows: string[]): void => {
    files.set(file, table(`sourcedId,status,dateLastModified,${header}`, rows));
  };
  put('orgs', 'name,type,identifier,parentSourcedId', [
    `${district};;;Moon Unified School District;district;;`,
    `${phobos};;;Phobos Elementary School;school;;${district}`,
    `${io};;;Ío High School;school;;${district}`,
  ]);
  put('academicSessions', 'title,type,startDate,endDate,parentSourcedId,schoolYear', [
    'SY27;;;Year;schoolYear;2026-08-10;2027-06-04;;2027',
    'T27;;;Fall;term;2026-08-10;2026-12-18;SY27;2027',
  ]);
  put('courses', 'schoolYearSourcedId,title,courseCode,grades,orgSourcedId', [
    `K1;;;SY27;Homeroom;H1;;${district}`,
    `K2;;;SY27;Algebra;M9;;${district}`,
  ]);
  put('classes', 'title,grades,courseSourcedId,classCode,classType,schoolSourcedId,termSourcedIds', [
    `C1;;;Homeroom K;KG;K1;;homeroom;${phobos};SY27`,
    `C2;;;Algebra 9;09;K2;;scheduled;${io};SY27,T27`,
  ]);
  put(
    'users',
    `enabledUser,username,givenName,familyName,email,agentSourcedIds,grades,password${isNew ? '' : ',orgSourcedIds,role'}`,
    people.map(([id, role, org]) => {
      const agents = id === 'P1' ? 'S01,S21' : id === 'S01' || id === 'S21' ? 'P1' : '';
      const grade = role === 'student' ? gradeOf(id) : '';
      const old = role === 'systemAdministrator' ? 'administrator' : role;
      const name = `${id.toLowerCase()};Given ${id};Family;${id}@moon.test`;
      return `${id};;;true;${name};${agents};${grade};hunter2${isNew ? '' : `;${org};${old}`}`;
    }),
  );
  if (isNew)
    put(
      'roles',
      'userSourcedId,roleType,role,beginDate,endDate,orgSourcedId',
      people.map(([id, role, org]) => `R-${id};;;${id};primary;${role};2020-08-10;;${org}`),
    );
  put('enrollments', 'classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate', [
    `E-T1;;;C1;${phobos};T1;teacher;true;2020-08-10;`,
    `E-S01;;;C1;${phobos};S01;student;false;2020-08-10;`,
    `E-S02;;;C1;${phobos};S02;student;false;2020-08-10;`,
    `E-S21;;;C2;${io};S21;student;false;2020-08-10;`,
  ]);
  put('demographics', 'birthDate,sex', ['S01;;;2020-02-29;female', 'S02;;;2020-03-01;male']);
  return files;
}

/** The manifest that fits the files, which are all of one mode. */
export function manifestOf(
  version: OneRosterVersion,
  files: ReadonlySet<string>,
  mode: 'bulk' | 'delta',
): Table {
  const named = [
    ...['academicSessions', 'categories', 'classes', 'courses', 'demographics', 'enrollments', 'lineItems'],
    ...['orgs', 'resources', 'results', 'roles', 'users'],
  ];
  return table('propertyName,value', [
    'manifest.version;1.0',
    `oneroster.version;${version}`,
    ...named.map((file) => `file.${file};${files.has(file) ? mode : 'absent'}`),
    'source.systemName;The Moon SIS',
  ]);
}

function table(names: string, rows: readonly string[]): Table {
  const header = names.split(',');
  return {
    header,
    rows: rows.map((row) => {
      const cells = row.split(';');
      return Object.fromEntries(header.map((name, i) => [name, cells[i] ?? '']));
    }),
  };
}

export function csvOf({ header, rows }: Table): string {
  const line = (cells: readonly string[]): string => cells.map(quoted).join(',');
  return `${[line(header), ...rows.map((row) => line(header.map((name) => row[name] ?? '')))].join('\n')}\n`;
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

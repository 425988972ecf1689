import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rowCheck } from '../oneroster/check-row.js';
import type { Row } from '../oneroster/check-row.js';
import { columnsOf } from '../oneroster/columns.js';
import type { FileName } from '../oneroster/columns.js';
import { GivenFetch, rowsOf } from './fetch.given.js';
import { assigned, enrolled, grade, sampleOds, sampleOfDataStandard3, sent } from './ods.given.js';

const given = new GivenFetch();
beforeEach(() => given.begin());
afterEach(() => given.end());

describe('the roster of an Ed-Fi API', () => {
  it('has its organisations with types and parents', async () => {
    const rows = await rowsOf(await given.fetched(), 'orgs');
    expect(rows.map((row) => [row['sourcedId'], row['type'], row['parentSourcedId']])).toEqual([
      ['edorg:1', 'state', ''],
      ['edorg:255950', 'local', 'edorg:1'],
      ['edorg:255901', 'district', 'edorg:255950'],
      ['edorg:255901001', 'school', 'edorg:255901'],
      ['edorg:255901002', 'school', 'edorg:255901'],
    ]);
  });

  it('takes a closed school as one to be closed', async () => {
    Object.assign(given.ods.data['schools']![1]!, {
      operationalStatusDescriptor: 'uri://ed-fi.org/OperationalStatusDescriptor#Closed',
    });
    const rows = await rowsOf(await given.fetched(), 'orgs');
    expect(rows.map((row) => row['status']).slice(-2)).toEqual(['active', 'tobedeleted']);
  });

  it('has students with their present grade, and families on both sides', async () => {
    const rows = await rowsOf(await given.fetched(), 'users');
    const brief = rows.map((row) => [
      row['sourcedId'],
      row['givenName'],
      row['grades'],
      row['agentSourcedIds'],
    ]);
    expect(brief).toEqual([
      ['student:604822', 'Allen', '09', 'contact:777'],
      ['student:604823', 'Peregrin', 'KG', 'contact:777,contact:778'],
      ['student:604824', 'Mia', 'Honours  advance', 'contact:779'],
      ['contact:777', 'Demma', '', 'student:604822,student:604823'],
      ['contact:778', 'Ilse', '', 'student:604823'],
      ['contact:779', 'Bo', '', 'student:604824'],
      ...['207219', '207220', '207221', '207222'].map((id) => [`staff:${id}`, 'Orion', '', '']),
    ]);
  });

  it('has the grade of the school where the student is today', async () => {
    given.ods.data['studentSchoolAssociations'] = [
      enrolled('604822', 255901001, { entryDate: '2027-01-10', ...grade('Tenth grade') }),
      enrolled('604822', 255901002, grade('Eleventh grade')),
      enrolled('604823', 255901002, { exitWithdrawDate: '2026-09-01', ...grade('First grade') }),
      enrolled('604824', 255901002, {
        primarySchool: false,
        entryDate: '2026-09-01',
        ...grade('Third grade'),
      }),
      enrolled('604824', 255901001, grade('Second grade')),
    ];
    given.ods.data['staffEducationOrganizationAssignmentAssociations'] = [
      assigned('207219', 255901, 'Teacher'),
    ];
    const rows = await rowsOf(await given.fetched(), 'users');
    expect(rows.slice(0, 3).map((row) => row['grades'])).toEqual(['11', '01', '02']);
  });

  it('has a role for each enrolment, with its first and last day', async () => {
    const rows = await rowsOf(await given.fetched(), 'roles');
    expect(rows.filter(({ role }) => role === 'student').map(brief)).toEqual([
      'student:604822 primary student edorg:255901002 2025-08-11..2026-06-12',
      'student:604822 primary student edorg:255901001 2026-08-10..',
      'student:604823 primary student edorg:255901002 2026-08-10..',
      'student:604824 secondary student edorg:255901001 2026-08-10..',
    ]);
  });

  it('has contacts by their relation, at each school of the student and as long as the student', async () => {
    const rows = await rowsOf(await given.fetched(), 'roles');
    expect(rows.filter((row) => row['userSourcedId']!.startsWith('contact:')).map(brief)).toEqual([
      'contact:777 primary parent edorg:255901002 2025-08-11..2026-06-12',
      'contact:777 primary parent edorg:255901001 2026-08-10..',
      'contact:777 primary parent edorg:255901002 2026-08-10..',
      'contact:778 primary guardian edorg:255901002 2026-08-10..',
      'contact:779 primary relative edorg:255901001 2026-08-10..',
    ]);
  });

  it('has staff by their classification; one that is not known is an aide, and named', async () => {
    const feed = await given.fetched();
    const rows = await rowsOf(feed, 'roles');
    expect(rows.filter((row) => row['userSourcedId']!.startsWith('staff:')).map(brief)).toEqual([
      'staff:207219 primary teacher edorg:255901001 2020-08-10..',
      'staff:207220 primary principal edorg:255901001 2020-08-10..2027-06-30',
      'staff:207221 secondary districtAdministrator edorg:255901 2020-08-10..',
      'staff:207222 primary aide edorg:255901002 2020-08-10..',
    ]);
    expect(feed.ignored).toEqual([
      'staff classification "School Psychologist" is taken as aide (1 row)',
      'staffEducationOrganizationAssignmentAssociations: assignments to an organisation of another kind are left out (1 row)',
    ]);
  });

  const brief = (row: Row): string =>
    `${row['userSourcedId']} ${row['roleType']} ${row['role']} ${row['orgSourcedId']} ${row['beginDate']}..${row['endDate']}`;

  it.each([
    ['Data Standard 5', sampleOds],
    ['Data Standard 3', sampleOfDataStandard3],
  ])('keeps every rule of OneRoster 1.2, of %s', async (_, sample) => {
    given.ods.data = sample();
    const feed = await given.fetched();
    expect(feed).toMatchObject({ version: '1.2' });
    expect(feed.files.map(({ file, mode }) => `${file} ${mode}`)).toEqual([
      'orgs bulk',
      'users bulk',
      'roles bulk',
    ]);
    const ids = new Map<FileName, Set<string>>();
    const slipped: string[] = [];
    for (const { file } of feed.files) {
      const rows = await rowsOf(feed, file);
      for (const [i, row] of rows.entries()) {
        const knows = (other: FileName, id: string) => ids.get(other)?.has(id);
        expect(
          rowCheck(columnsOf(file, '1.2'), knows, (name) => slipped.push(name))(row, i + 1),
        ).toBeUndefined();
        expect(Object.keys(columnsOf(file, '1.2'))).toEqual(expect.arrayContaining(Object.keys(row)));
      }
      ids.set(file, new Set(rows.map((row) => row['sourcedId']!)));
      expect(ids.get(file)?.size).toBe(rows.length);
    }
    expect(slipped).toEqual([]);
  });

  it('reads parents of Data Standard 3 as contacts', async () => {
    given.ods.data = sampleOfDataStandard3();
    const feed = await given.fetched();
    expect((await rowsOf(feed, 'users'))[3]).toMatchObject({
      sourcedId: 'contact:777',
      agentSourcedIds: 'student:604822,student:604823',
    });
    expect((await rowsOf(feed, 'roles')).map(({ role }) => role)).toEqual(
      expect.arrayContaining(['parent', 'relative']),
    );
  });

  it('reads who teaches where when no assignments are to be had, and says so', async () => {
    delete given.ods.data['staffEducationOrganizationAssignmentAssociations'];
    given.ods.data['staffSchoolAssociations'] = [
      {
        programAssignmentDescriptor: 'uri://ed-fi.org/ProgramAssignmentDescriptor#Regular Education',
        schoolReference: { schoolId: 255901001 },
        staffReference: { staffUniqueId: '207219' },
      },
    ];
    const feed = await given.fetched();
    expect((await rowsOf(feed, 'roles')).at(-1)).toMatchObject({
      userSourcedId: 'staff:207219',
      role: 'teacher',
      orgSourcedId: 'edorg:255901001',
    });
    expect(feed.ignored).toEqual(['staff are read from staffSchoolAssociations, as teachers (1 row)']);
  });

  it('puts the district at the top when the client may not see what is above it, and says so', async () => {
    delete given.ods.data['educationServiceCenters'];
    given.misbehaves('stateEducationAgencies', (response) => sent(response, 403, {}));
    const feed = await given.fetched();
    expect((await rowsOf(feed, 'orgs'))[0]).toMatchObject({ sourcedId: 'edorg:255901', parentSourcedId: '' });
    expect(feed.ignored[0]).toBe(
      'localEducationAgencies: what they belong to cannot be read, they stand at the top (1 row)',
    );
  });

  it('leaves enrolments of another school year out, keeps those that name none, and says so', async () => {
    given.ods.data['studentSchoolAssociations']![0] = enrolled('604822', 255901002, {
      schoolYearTypeReference: undefined,
      calendarReference: { calendarCode: 'A', schoolId: 255901002, schoolYear: 2026 },
    });
    given.ods.data['studentSchoolAssociations']![1] = enrolled('604822', 255901001, {
      schoolYearTypeReference: undefined,
    });
    const feed = await given.fetched({ schoolYear: 2027 });
    expect((await rowsOf(feed, 'roles')).filter(({ role }) => role === 'student')).toHaveLength(3);
    expect(feed.ignored[0]).toBe('studentSchoolAssociations of school year 2026 are left out (1 row)');
  });

  it('reads an API that has the year in its path', async () => {
    expect(
      (await rowsOf(await given.fetched({ baseUrl: `${given.ods.url}/data/v3/2027/` }), 'orgs')).length,
    ).toBe(5);
    expect(given.ods.calls.map(({ path }) => path)).toContain('/v7.1/api/data/v3/2027/ed-fi/students');
  });

  it('cannot have an id with a comma taken for two', async () => {
    given.ods.data['contacts']!.push({ contactUniqueId: '780,781', firstName: 'Ada', lastSurname: 'Tal' });
    given.ods.data['studentContactAssociations']!.push({
      contactReference: { contactUniqueId: '780,781' },
      studentReference: { studentUniqueId: '604824' },
    });
    const rows = await rowsOf(await given.fetched(), 'users');
    expect(rows[2]?.['agentSourcedIds']).toBe('contact:779,contact:780%2C781');
    expect(rows.map((row) => row['sourcedId'])).toContain('contact:780%2C781');
  });

  it('keeps nothing of a person but ids and names, and the pages only until they are passed on', async () => {
    given.misbehaves('localEducationAgencies', (response) => sent(response, 403, {}));
    await given.refusal();
    const pages = await Promise.all(
      (await readdir(join(given.folder, 'pages'))).map((name) =>
        readFile(join(given.folder, 'pages', name), 'utf8'),
      ),
    );
    expect(pages.join('')).toContain('Allen');
    expect(pages.join('')).not.toMatch(/2015-03-14|1980-01-01|mars\.example\.org|Tr0ub4dor/);
    given.behaves();
    await given.fetched();
    expect(await readdir(join(given.folder, 'pages'))).toEqual(['progress.json']);
  });

  it('is told page by page, with how many rows there are', async () => {
    const told: string[] = [];
    await given.fetched(
      { pageSize: 3 },
      { told: ({ file, rows, total }) => void told.push(`${file} ${rows}/${total}`) },
    );
    expect(told.slice(0, 2)).toEqual(['studentSchoolAssociations 3/4', 'studentSchoolAssociations 4/4']);
    expect(told.slice(-3)).toEqual(['orgs 5/5', 'users 10/10', 'roles 13/13']);
  });
});

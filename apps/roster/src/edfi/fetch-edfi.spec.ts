import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Feed } from '../feed/feed.js';
import { Spool } from '../feed/spool.js';
import { checkRow } from '../oneroster/check-row.js';
import type { Row } from '../oneroster/check-row.js';
import { columnsOf } from '../oneroster/columns.js';
import type { FileName } from '../oneroster/columns.js';
import { fetchEdFi } from './fetch-edfi.js';
import type { EdFiOptions } from './fetch-edfi.js';
import {
  assigned,
  client,
  enrolled,
  givenOds,
  grade,
  sampleOds,
  sampleOfDataStandard3,
  sent,
  student,
} from './ods.given.js';
import type { GivenOds } from './ods.given.js';
import type { EdFiSettings } from './settings.js';

let ods: GivenOds;
let folder: string;

beforeEach(async () => {
  process.env['HEARBACK_SECRET_EDFI_SPEC'] = client.secret;
  ods = await givenOds(sampleOds());
  folder = await mkdtemp(join(tmpdir(), 'edfi-'));
});
afterEach(async () => {
  await ods.close();
  await rm(folder, { recursive: true });
});

/** Fetches into the test's folders; called again, it goes on there. */
async function fetched(
  settings: Partial<EdFiSettings> = {},
  options: Partial<EdFiOptions> = {},
): Promise<Feed> {
  const all: EdFiSettings = {
    baseUrl: ods.url,
    tokenUrl: `${ods.url}/oauth/token`,
    clientId: client.id,
    secret: { env: 'HEARBACK_SECRET_EDFI_SPEC' },
    timeoutMs: 5_000,
    ...settings,
  };
  await mkdir(join(folder, 'spool'), { recursive: true });
  return fetchEdFi(all, await Spool.open(join(folder, 'spool')), {
    day: '2026-11-26',
    folder: join(folder, 'pages'),
    signal: new AbortController().signal,
    told: () => undefined,
    pauseMs: 1,
    ...options,
  });
}

async function rowsOf(feed: Feed, file: FileName): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const line of feed.files.find((one) => one.file === file)!.lines()) {
    if ('broken' in line) throw new Error(line.broken.message);
    rows.push(line.row);
  }
  return rows;
}

/** What happened, as a person would read it. */
const refusal = async (settings?: Partial<EdFiSettings>, options?: Partial<EdFiOptions>): Promise<string> =>
  fetched(settings, options).then(
    () => 'nothing was refused',
    (error: unknown) => (error as Error).message,
  );

const offsetsOf = (resource: string): number[] =>
  ods.calls.filter((call) => call.resource === resource).map(({ offset }) => offset);

/** Answers in its own way the first `times` calls for a resource from an offset on. */
function misbehaves(
  resource: string,
  how: Parameters<GivenOds['misbehave']>[1] extends infer R ? (response: R) => void : never,
  times = Infinity,
  from = 0,
): void {
  let left = times;
  ods.misbehave = (call, response) => {
    if (call.resource !== resource || call.offset < from || left <= 0) return false;
    left -= 1;
    how(response);
    return true;
  };
}

describe('the roster of an Ed-Fi API', () => {
  it('has its organisations with types and parents', async () => {
    const rows = await rowsOf(await fetched(), 'orgs');
    expect(rows.map((row) => [row['sourcedId'], row['type'], row['parentSourcedId']])).toEqual([
      ['edorg:1', 'state', ''],
      ['edorg:255950', 'local', 'edorg:1'],
      ['edorg:255901', 'district', 'edorg:255950'],
      ['edorg:255901001', 'school', 'edorg:255901'],
      ['edorg:255901002', 'school', 'edorg:255901'],
    ]);
  });

  it('takes a closed school as one to be closed', async () => {
    Object.assign(ods.data['schools']![1]!, {
      operationalStatusDescriptor: 'uri://ed-fi.org/OperationalStatusDescriptor#Closed',
    });
    const rows = await rowsOf(await fetched(), 'orgs');
    expect(rows.map((row) => row['status']).slice(-2)).toEqual(['active', 'tobedeleted']);
  });

  it('has students with their present grade, and families on both sides', async () => {
    const rows = await rowsOf(await fetched(), 'users');
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

  it('has a role for each enrolment, with its first and last day', async () => {
    const rows = await rowsOf(await fetched(), 'roles');
    expect(rows.filter(({ role }) => role === 'student').map(brief)).toEqual([
      'student:604822 primary student edorg:255901002 2025-08-11..2026-06-12',
      'student:604822 primary student edorg:255901001 2026-08-10..',
      'student:604823 primary student edorg:255901002 2026-08-10..',
      'student:604824 secondary student edorg:255901001 2026-08-10..',
    ]);
  });

  it('has contacts by their relation, at each school of the student and as long as the student', async () => {
    const rows = await rowsOf(await fetched(), 'roles');
    expect(rows.filter((row) => row['userSourcedId']!.startsWith('contact:')).map(brief)).toEqual([
      'contact:777 primary parent edorg:255901002 2025-08-11..2026-06-12',
      'contact:777 primary parent edorg:255901001 2026-08-10..',
      'contact:777 primary parent edorg:255901002 2026-08-10..',
      'contact:778 primary guardian edorg:255901002 2026-08-10..',
      'contact:779 primary relative edorg:255901001 2026-08-10..',
    ]);
  });

  it('has staff by their classification; one that is not known is an aide, and named', async () => {
    const feed = await fetched();
    const rows = await rowsOf(feed, 'roles');
    expect(rows.filter((row) => row['userSourcedId']!.startsWith('staff:')).map(brief)).toEqual([
      'staff:207219 primary teacher edorg:255901001 2020-08-10..',
      'staff:207220 primary principal edorg:255901001 2020-08-10..2027-06-30',
      'staff:207221 secondary districtAdministrator edorg:255901 2020-08-10..',
      'staff:207222 primary aide edorg:255901002 2020-08-10..',
    ]);
    expect(feed.ignored).toEqual([
      'staff classification "School Psychologist" is taken as aide (1 rows)',
      'staffEducationOrganizationAssignmentAssociations: assignments to an organisation of another kind are left out (1 rows)',
    ]);
  });

  const brief = (row: Row): string =>
    `${row['userSourcedId']} ${row['roleType']} ${row['role']} ${row['orgSourcedId']} ${row['beginDate']}..${row['endDate']}`;

  it.each([
    ['Data Standard 5', sampleOds],
    ['Data Standard 3', sampleOfDataStandard3],
  ])('keeps every rule of OneRoster 1.2, of %s', async (_, sample) => {
    ods.data = sample();
    const feed = await fetched();
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
          checkRow(row, i + 1, columnsOf(file, '1.2'), knows, (name) => slipped.push(name)),
        ).toBeUndefined();
        expect(Object.keys(columnsOf(file, '1.2'))).toEqual(expect.arrayContaining(Object.keys(row)));
      }
      ids.set(file, new Set(rows.map((row) => row['sourcedId']!)));
      expect(ids.get(file)?.size).toBe(rows.length);
    }
    expect(slipped).toEqual([]);
  });

  it('reads parents of Data Standard 3 as contacts', async () => {
    ods.data = sampleOfDataStandard3();
    const feed = await fetched();
    expect((await rowsOf(feed, 'users'))[3]).toMatchObject({
      sourcedId: 'contact:777',
      agentSourcedIds: 'student:604822,student:604823',
    });
    expect((await rowsOf(feed, 'roles')).map(({ role }) => role)).toEqual(
      expect.arrayContaining(['parent', 'relative']),
    );
  });

  it('reads who teaches where when no assignments are to be had, and says so', async () => {
    delete ods.data['staffEducationOrganizationAssignmentAssociations'];
    ods.data['staffSchoolAssociations'] = [
      {
        programAssignmentDescriptor: 'uri://ed-fi.org/ProgramAssignmentDescriptor#Regular Education',
        schoolReference: { schoolId: 255901001 },
        staffReference: { staffUniqueId: '207219' },
      },
    ];
    const feed = await fetched();
    expect((await rowsOf(feed, 'roles')).at(-1)).toMatchObject({
      userSourcedId: 'staff:207219',
      role: 'teacher',
      orgSourcedId: 'edorg:255901001',
    });
    expect(feed.ignored).toEqual(['staff are read from staffSchoolAssociations, as teachers (1 rows)']);
  });

  it('puts the district at the top when the client may not see what is above it, and says so', async () => {
    delete ods.data['educationServiceCenters'];
    misbehaves('stateEducationAgencies', (response) => sent(response, 403, {}));
    const feed = await fetched();
    expect((await rowsOf(feed, 'orgs'))[0]).toMatchObject({ sourcedId: 'edorg:255901', parentSourcedId: '' });
    expect(feed.ignored[0]).toBe(
      'localEducationAgencies: what they belong to cannot be read, they stand at the top (1 rows)',
    );
  });

  it('leaves enrolments of another school year out, keeps those that name none, and says so', async () => {
    ods.data['studentSchoolAssociations']![0] = enrolled('604822', 255901002, {
      schoolYearTypeReference: undefined,
      calendarReference: { calendarCode: 'A', schoolId: 255901002, schoolYear: 2026 },
    });
    ods.data['studentSchoolAssociations']![1] = enrolled('604822', 255901001, {
      schoolYearTypeReference: undefined,
    });
    const feed = await fetched({ schoolYear: 2027 });
    expect((await rowsOf(feed, 'roles')).filter(({ role }) => role === 'student')).toHaveLength(3);
    expect(feed.ignored[0]).toBe('studentSchoolAssociations of school year 2026 are left out (1 rows)');
  });

  it('reads an API that has the year in its path', async () => {
    expect((await rowsOf(await fetched({ baseUrl: `${ods.url}/data/v3/2027/` }), 'orgs')).length).toBe(5);
    expect(ods.calls.map(({ path }) => path)).toContain('/v7.1/api/data/v3/2027/ed-fi/students');
  });

  it('cannot have an id with a comma taken for two', async () => {
    ods.data['contacts']!.push({ contactUniqueId: '780,781', firstName: 'Ada', lastSurname: 'Tal' });
    ods.data['studentContactAssociations']!.push({
      contactReference: { contactUniqueId: '780,781' },
      studentReference: { studentUniqueId: '604824' },
    });
    const rows = await rowsOf(await fetched(), 'users');
    expect(rows[2]?.['agentSourcedIds']).toBe('contact:779,contact:780%2C781');
    expect(rows.map((row) => row['sourcedId'])).toContain('contact:780%2C781');
  });

  it('keeps nothing of a person but ids and names, and the pages only until they are passed on', async () => {
    misbehaves('localEducationAgencies', (response) => sent(response, 403, {}));
    await refusal();
    const pages = await Promise.all(
      (await readdir(join(folder, 'pages'))).map((name) => readFile(join(folder, 'pages', name), 'utf8')),
    );
    expect(pages.join('')).toContain('Allen');
    expect(pages.join('')).not.toMatch(/2015-03-14|1980-01-01|mars\.example\.org|Tr0ub4dor/);
    ods.misbehave = () => false;
    await fetched();
    expect(await readdir(join(folder, 'pages'))).toEqual(['progress.json']);
  });

  it('is told page by page, with how many rows there are', async () => {
    const told: string[] = [];
    await fetched(
      { pageSize: 3 },
      { told: ({ file, rows, total }) => void told.push(`${file} ${rows}/${total}`) },
    );
    expect(told.slice(0, 2)).toEqual(['studentSchoolAssociations 3/4', 'studentSchoolAssociations 4/4']);
    expect(told.slice(-3)).toEqual(['orgs 5/5', 'users 10/10', 'roles 13/13']);
  });
});

describe('pages', () => {
  const many = (count: number): object[] => Array.from({ length: count }, (_, i) => student(`S${i}`));
  const studentsOf = async (feed: Feed): Promise<string[]> =>
    (await rowsOf(feed, 'users')).map((row) => row['sourcedId']!).filter((id) => id.startsWith('student:'));

  it.each([1, 2, 3, 4, 9, 10, 11])('give every one of %i rows once', async (count) => {
    ods.data['students'] = many(count);
    const ids = await studentsOf(await fetched({ pageSize: 4 }));
    expect(ids).toEqual(many(count).map((_, i) => `student:S${i}`));
  });

  it('go on where they broke off, and give what one go would have given', async () => {
    ods.data['students'] = many(10);
    misbehaves('students', (response) => sent(response, 200, 'no JSON'), 1, 6);
    expect(await refusal({ pageSize: 4 })).toBe('students, page 3: the answer is not JSON: check baseUrl');
    ods.calls.length = 0;
    expect(await studentsOf(await fetched({ pageSize: 4 }))).toHaveLength(10);
    expect(offsetsOf('students')).toEqual([6]);
    expect(offsetsOf('studentSchoolAssociations')).toEqual([]);
  });

  it('that were all passed on are not asked for again', async () => {
    const first = await fetched();
    ods.calls.length = 0;
    const second = await fetched();
    expect(ods.calls).toEqual([]);
    expect(second.ignored).toEqual(first.ignored);
    expect(await rowsOf(second, 'roles')).toEqual(await rowsOf(first, 'roles'));
  });

  it('go on at the row where passing them on broke off', async () => {
    ods.data['students'] = many(1_500);
    const stop = new AbortController();
    const told = ({ file, rows }: { file: string; rows: number }): void => {
      if (file === 'users' && rows === 1_000) stop.abort(new Error('the machine stops'));
    };
    ods.data['contacts'] = Array.from({ length: 1_500 }, (_, i) => ({ contactUniqueId: `C${i}` }));
    expect(await refusal({}, { signal: stop.signal, told })).toBe('the machine stops');
    expect((await Spool.open(join(folder, 'spool'))).progress('users')).toEqual({
      rows: 1_000,
      next: '1000',
      done: false,
    });
    const ids = (await rowsOf(await fetched(), 'users')).map((row) => row['sourcedId']);
    expect(ids).toHaveLength(3_004);
    expect(new Set(ids).size).toBe(3_004);
  });

  it('of other settings are not mixed with those that are there', async () => {
    misbehaves('schools', (response) => sent(response, 403, {}));
    await refusal();
    expect(await refusal({ schoolYear: 2026 })).toContain('pages of other Ed-Fi settings');
  });

  it('that are half full are refused, with resource and page', async () => {
    ods.data['students'] = many(10);
    misbehaves(
      'students',
      (response) => {
        response.setHeader('Total-Count', 10);
        sent(response, 200, many(10).slice(3, 5));
      },
      1,
      3,
    );
    expect(await refusal({ pageSize: 4 })).toBe('students, page 2: 2 rows came, and 4 of 10 were owed');
  });

  it('that come again instead of the next are refused', async () => {
    ods.data['students'] = many(10);
    misbehaves('students', (response) => {
      response.setHeader('Total-Count', 10);
      sent(response, 200, many(4));
    });
    expect(await refusal({ pageSize: 4 })).toBe(
      'students, page 2: it does not go on where the page before it ended, each time it was read',
    );
  });

  it('whose total is another each time are refused', async () => {
    ods.data['students'] = many(10);
    let total = 10;
    ods.misbehave = (call, response) => {
      if (call.resource !== 'students') return false;
      response.setHeader('Total-Count', (total += 1));
      sent(response, 200, many(20).slice(call.offset, call.offset + call.limit));
      return true;
    };
    expect(await refusal({ pageSize: 4 })).toMatch(
      /^students, page 2: the API says \d+ rows, and said \d+ before, each time it was read$/,
    );
  });

  it('are read anew when one row goes and another comes in between: nobody is lost', async () => {
    ods.data['students'] = many(10);
    let moved = false;
    ods.misbehave = ({ resource, offset }) => {
      if (resource !== 'students' || offset < 3 || moved) return false;
      moved = true;
      ods.data['students'] = [...many(10).slice(1), student('new')];
      return false;
    };
    const ids = await studentsOf(await fetched({ pageSize: 4 }));
    expect(ids).toEqual([
      ...many(10)
        .map((_, i) => `student:S${i}`)
        .slice(1),
      'student:new',
    ]);
  });

  it('without a total are refused', async () => {
    misbehaves('students', (response) => sent(response, 200, ods.data['students']));
    expect(await refusal()).toBe('students, page 1: the answer has no Total-Count');
  });

  it('of another resource are refused', async () => {
    ods.data['students'] = ods.data['contacts']!;
    expect(await refusal()).toBe('students, page 1: a row has no studentUniqueId');
  });

  it('that are no list are refused', async () => {
    misbehaves('schools', (response) => {
      response.setHeader('Total-Count', 1);
      sent(response, 200, { schoolId: 1 });
    });
    expect(await refusal()).toBe('schools, page 1: the answer is not a list of rows');
  });

  it.each(['students', 'schools', 'studentSchoolAssociations'])(
    'of no %s at all are no roster',
    async (resource) => {
      ods.data[resource] = [];
      expect(await refusal()).toContain(`${resource}, page 1: the API gives no row`);
    },
  );

  it('of no enrolment in the wanted year are no roster', async () =>
    expect(await refusal({ schoolYear: 2031 })).toBe(
      'studentSchoolAssociations: none is of school year 2031: check schoolYear',
    ));

  it('that the client may not read are named, with what to check', async () => {
    misbehaves('students', (response) => sent(response, 403, {}));
    expect(await refusal()).toBe('students, page 1: this client may not read it (403): check its claim set');
  });

  it('that the API does not have are named, when nothing stands in for them', async () => {
    delete ods.data['studentContactAssociations'];
    expect(await refusal()).toBe(
      'studentParentAssociations, page 1: there is no such thing (404): check baseUrl',
    );
  });

  it('that are longer than anyone needs are not read to their end', async () => {
    misbehaves('students', (response) => {
      response.setHeader('Total-Count', 3);
      response.write('[');
      const more = (): void => {
        if (response.destroyed) return;
        response.write(' '.repeat(2 ** 20), () => setImmediate(more));
      };
      more();
    });
    expect(await refusal()).toMatch(/^students, page 1: the answer is longer than 33554432 bytes/);
  });
});

describe('an API that is busy or broken', () => {
  it('is waited for as long as Retry-After says', async () => {
    misbehaves(
      'students',
      (response) => {
        response.setHeader('Retry-After', 1);
        sent(response, 429, {});
      },
      1,
    );
    const begun = performance.now();
    await fetched();
    expect(performance.now() - begun).toBeGreaterThan(950);
    expect(offsetsOf('students')).toEqual([0, 0]);
  });

  it('that asks to wait for an hour is believed, and the run ends', async () => {
    misbehaves('students', (response) => {
      response.setHeader('Retry-After', new Date(Date.now() + 3_600_000).toUTCString());
      sent(response, 503, {});
    });
    expect(await refusal()).toBe('students, page 1: the API asks to wait 60 minutes; try again then');
  });

  it('is asked again after 5xx and after a connection that broke in the middle', async () => {
    misbehaves('students', (response) => sent(response, 502, 'bad gateway'), 2);
    await fetched();
    expect(offsetsOf('students')).toHaveLength(3);
    await rm(folder, { recursive: true });
    misbehaves(
      'schools',
      (response) => {
        response.writeHead(200, { 'content-length': 1_000, 'total-count': 2 });
        response.write('[{"schoolId":', () => response.destroy());
      },
      2,
    );
    expect(await rowsOf(await fetched(), 'orgs')).toHaveLength(5);
  });

  it('is given up after five tries, with what it said', async () => {
    misbehaves('schools', (response) => sent(response, 500, { detail: 'stack trace with names' }));
    expect(await refusal()).toBe('schools, page 1: the answer was 500, 5 times');
    expect(offsetsOf('schools')).toHaveLength(5);
  });

  it('that is silent is given up', async () => {
    misbehaves('schools', () => undefined);
    expect(await refusal({ timeoutMs: 100 })).toBe(
      'schools, page 1: no whole answer came within 100 ms, 5 times',
    );
  });

  it('that is not there is named', async () => {
    await ods.close();
    expect(await refusal()).toBe(
      'studentSchoolAssociations, page 1: no token could be had: the connection failed (ECONNREFUSED), 5 times',
    );
    ods = await givenOds(sampleOds());
  });

  it('ends at once when the run is stopped', async () => {
    const stop = new AbortController();
    misbehaves('schools', () => void setTimeout(() => stop.abort(new Error('stopped')), 20));
    const begun = performance.now();
    expect(await refusal({}, { signal: stop.signal })).toBe('stopped');
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});

describe('credentials', () => {
  const tokensAsked = (): number => offsetsOf('token').length;

  it('get one token for the whole fetch', async () => {
    await fetched({ pageSize: 2 });
    expect(tokensAsked()).toBe(1);
  });

  it('get another when the API forgot the first', async () => {
    ods.misbehave = ({ resource }) => {
      if (resource === 'students' && tokensAsked() === 1) ods.forget();
      return false;
    };
    await fetched();
    expect(tokensAsked()).toBe(2);
  });

  it('are not tried for ever: a new token that is refused ends the run', async () => {
    misbehaves('students', (response) => sent(response, 401, {}));
    expect(await refusal()).toBe(
      'students, page 1: the API refuses its own new token (401): check baseUrl and tokenUrl',
    );
    expect(offsetsOf('students')).toHaveLength(2);
  });

  it('that are wrong are said to be, without showing them', async () => {
    process.env['HEARBACK_SECRET_EDFI_SPEC'] = 'wrong-and-not-for-logs';
    const said = await refusal();
    expect(said).toContain('no token could be had: clientId or its secret is refused (401)');
    expect(said).not.toContain('not-for-logs');
  });

  it('that got no token that could be used are not quoted', async () => {
    misbehaves('token', (response) => sent(response, 200, { access_token: 'two\nlines' }));
    const said = await refusal();
    expect(said).toContain('the answer has no access_token');
    expect(said).not.toContain('lines');
  });

  it('never follow a redirect', async () => {
    let visits = 0;
    const elsewhere = createServer((_, response) => {
      visits += 1;
      response.end('[]');
    });
    await new Promise<void>((listening) => elsewhere.listen(0, '127.0.0.1', listening));
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
    for (const resource of ['token', 'students']) {
      misbehaves(resource, (response) => response.writeHead(307, { location }).end());
      expect(await refusal()).toContain('it redirects (307), which is not followed');
    }
    expect(visits).toBe(0);
    await new Promise((closed) => elsewhere.close(closed));
  });

  it('are refused over a plain connection before anything is sent', async () => {
    expect(await refusal({ baseUrl: 'http://ods.moon.example.org/api' })).toBe(
      'baseUrl must begin with https://',
    );
    expect(ods.calls).toEqual([]);
  });
});

it('the grade is that of the school where the student is today', async () => {
  ods.data['studentSchoolAssociations'] = [
    enrolled('604822', 255901001, { entryDate: '2027-01-10', ...grade('Tenth grade') }),
    enrolled('604822', 255901002, grade('Eleventh grade')),
    enrolled('604823', 255901002, { exitWithdrawDate: '2026-09-01', ...grade('First grade') }),
    enrolled('604824', 255901002, { primarySchool: false, entryDate: '2026-09-01', ...grade('Third grade') }),
    enrolled('604824', 255901001, grade('Second grade')),
  ];
  ods.data['staffEducationOrganizationAssignmentAssociations'] = [assigned('207219', 255901, 'Teacher')];
  const rows = await rowsOf(await fetched(), 'users');
  expect(rows.slice(0, 3).map((row) => row['grades'])).toEqual(['11', '01', '02']);
});

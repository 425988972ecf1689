import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Binary, EJSON } from 'bson';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { realStack } from '#testing';
import type { Stack } from '#testing';
import { trustedDistrict } from '#platform';
import { ImportStore } from './import.store.js';
import type { Found, ImportEvent } from './import.js';
import { folderPrefix } from './stage-import.js';
import { asIt, rosterService } from './roster-service.given.js';
import type { RosterService, SentFiles } from './roster-service.given.js';
import { samplePackage, zipOf } from './sample-package.given.js';
import type { Files } from './sample-package.given.js';
import type { ImportReport } from './import-report.js';
import type { RoleChanges } from './list-details.js';

const district = trustedDistrict('moon');
const shared = fileURLToPath(new URL('../../../../../../shared/data/roster/', import.meta.url));

let stack: Stack;
let roster: RosterService;
beforeAll(async () => {
  stack = await realStack();
  roster = await rosterService(stack);
}, 120_000);
afterAll(() => stack?.close(), 60_000);

interface Sent {
  importId: string;
  errors?: { field: string; rule: string }[];
}

const send = (files: SentFiles, headers: Record<string, string> = {}, query = '') =>
  roster.post<Sent>(`imports${query}`, files, headers);
const settled = (id: string): Promise<ImportReport> => roster.settled(id);
async function imported(files: SentFiles, query = ''): Promise<ImportReport> {
  const { status, body } = await send(files, {}, query);
  expect(status).toBe(202);
  return settled(body.importId);
}
const told = (id: string, what: string) =>
  roster.call<ImportReport>('POST', `/api/roster/imports/${id}/${what}`, {
    as: asIt,
    body: { why: 'a test says so' },
  });
async function applied(id: string): Promise<ImportReport> {
  expect((await told(id, 'apply')).status).toBe(202);
  return settled(id);
}

const names = async (query = ''): Promise<string[]> =>
  (await roster.call<{ items: { name: string }[] }>('GET', `/api/roster/orgs${query}`)).body.items.map(
    (org) => org.name,
  );
const published = async (): Promise<{ type: string; key: string; data: Record<string, unknown> }[]> => {
  const orgs = await stack.db('roster').collection('orgs').find().toArray();
  return orgs.flatMap(
    (one) => one['events'] as { type: string; key: string; data: Record<string, unknown> }[],
  );
};

const lastApplied = async (): Promise<ImportReport> => {
  const path = '/api/roster/imports?limit=50';
  const { body } = await roster.call<{ items: ImportReport[] }>('GET', path, { as: asIt });
  return body.items.find(({ state }) => state === 'applied')!;
};

/** What stands in a document as bytes, as text. */
function bytesOf(document: object): string[] {
  return Object.values(document).flatMap((value: unknown) =>
    value instanceof Binary ? [Buffer.from(value.buffer).toString('latin1')] : [],
  );
}

describe('an import', () => {
  it('turns loose files into organisations and counts of people, and leaves no name or id of a person readable', async () => {
    const done = await imported(samplePackage());
    expect(done).toMatchObject({ state: 'applied', organisations: 3, people: 4, enrolments: 2 });
    expect(done.files.find(({ file }) => file === 'roles')).toMatchObject({
      read: 4,
      accepted: 4,
      slipped: { role: 1 },
    });
    expect(await names()).toEqual([
      'Ío High School',
      'Moon Unified School District',
      'Phobos Elementary School',
    ]);
    const counted = (await published()).filter(
      ({ type, key }) => type === 'enrolment.counted' && key === '00417',
    );
    expect(counted.map(({ data }) => data)).toMatchObject([
      {
        students: 2,
        staff: 1,
        families: 1,
        byGrade: [
          { grade: '09', students: 1 },
          { grade: 'KG', students: 1 },
        ],
      },
    ]);
    const everything: string[] = [];
    for (const { name } of await stack.db('roster').listCollections().toArray())
      for (const one of await stack.db('roster').collection(name).find().toArray())
        everything.push(EJSON.stringify(one), ...bytesOf(one));
    const text = everything.join('\n');
    expect(text).toContain('Phobos');
    for (const word of ['Orion', 'Morry', 'hunter2', '"S1"', 'S1@']) expect(text).not.toContain(word);
  });

  it('of the same package again, as a zip, publishes nothing and says unchanged', async () => {
    const before = await published();
    const done = await imported({ 'roster.zip': zipOf(samplePackage()) });
    for (const file of done.files) expect(file).toMatchObject({ changed: 0, unchanged: file.accepted });
    expect(await published()).toEqual(before);
  });

  it('finds organisations without case and accents, by level and by parent', async () => {
    expect(await names('?q=io%20HIGH')).toEqual(['Ío High School']);
    expect(await names('?level=district')).toEqual(['Moon Unified School District']);
    expect(await names('?parent=00417&limit=1')).toEqual(['Ío High School']);
    expect(await names('?q=%5E.*')).toEqual([]);
  });

  it('refuses to search for what the database cannot', async () => {
    const { status, body } = await roster.call('GET', '/api/roster/orgs?q=%00');
    expect([status, (body['errors'] as { field: string }[])[0]?.field]).toEqual([422, 'q']);
  });

  it('puts a bad row aside with its reason, takes the others, and closes nothing because of it', async () => {
    const orgs = samplePackage()['orgs.csv']!.replace(
      'Phobos Elementary School,school',
      'Phobos Elementary School,academy',
    );
    const done = await imported(samplePackage({ 'orgs.csv': orgs }));
    expect(done.files.find(({ file }) => file === 'orgs')).toMatchObject({
      read: 3,
      accepted: 2,
      quarantined: 1,
      reasons: [{ line: 3, column: 'type', value: 'academy', rule: 'vocabulary' }],
    });
    expect(await names('?level=school')).toContain('Phobos Elementary School');
  });

  it('with an orgs file of only a header fails, and nothing is deleted', async () => {
    const done = await imported(
      samplePackage({ 'orgs.csv': samplePackage()['orgs.csv']!.split('\r\n')[0]! }),
    );
    expect(done).toMatchObject({ state: 'failed', problem: expect.stringMatching(/only a header/) });
    expect(await names()).toHaveLength(3);
  });

  it('without a required column is held by the name of that file; applied, what was known of it stays', async () => {
    const before = await published();
    const done = await imported(samplePackage({ 'roles.csv': 'sourcedId,userSourcedId\nR1,T1\n' }));
    expect(done).toMatchObject({
      state: 'held',
      holds: [{ rule: 'refused', file: 'roles', message: 'roles.csv lacks the required column roleType' }],
    });
    expect(done.files.find(({ file }) => file === 'roles')).toMatchObject({ state: 'refused' });
    expect(await applied(done.importId)).toMatchObject({ state: 'applied', people: 4 });
    expect(await published()).toEqual(before);
  });

  it('that would close a school is held; its preview says what would change, and a word applies it', async () => {
    const orgs = samplePackage()['orgs.csv']!.split('\r\n').slice(0, 3).join('\r\n');
    const held = await imported(samplePackage({ 'orgs.csv': orgs }));
    expect(held).toMatchObject({
      state: 'held',
      changes: { organisations: { closed: 1 }, people: { changed: 2 } },
    });
    expect(held.holds.map(({ rule, orgId }) => [rule, orgId])).toEqual([
      ['closed', undefined],
      ['loss', '00417-051'],
    ]);
    expect(await names('?level=school')).toHaveLength(2);
    const { body } = await roster.call<{ items: RoleChanges[] }>(
      'GET',
      `/api/roster/imports/${held.importId}/changes`,
      { as: asIt },
    );
    expect(body.items).toContainEqual({
      orgId: '00417-051',
      role: 'student',
      added: 0,
      gone: 1,
      changed: 0,
      disabled: 0,
    });
    const before051 = (await lastApplied()).importId;
    expect(await applied(held.importId)).toMatchObject({ state: 'applied' });
    const since = await roster.call<{ items: RoleChanges[] }>(
      'GET',
      `/api/roster/imports/${held.importId}/changes-since/${before051}`,
      { as: asIt },
    );
    expect(since.body.items).toEqual(body.items);
    expect(await names('?level=school')).toEqual(['Phobos Elementary School']);
    const back = await told(before051, 'roll-back');
    expect(back.status).toBe(202);
    expect(await settled(back.body.importId)).toMatchObject({ state: 'applied', restores: before051 });
    expect(await names('?level=school')).toHaveLength(2);
  });

  it('that was asked to wait changes nothing, and is refused once another was applied', async () => {
    const [one, other] = [await imported(samplePackage(), '?apply=hand'), await imported(samplePackage())];
    expect([one.state, other.state]).toEqual(['previewed', 'applied']);
    expect((await told(one.importId, 'apply')).status).toBe(409);
    expect((await told(one.importId, 'discard')).body.state).toBe('discarded');
  });

  it('gives its reports as files for a spreadsheet, in which nothing is a formula', async () => {
    const users = `${samplePackage()['users.csv']!}\nX1,,,=cmd(),x,X,Y,,,`;
    const { importId } = await imported(samplePackage({ 'users.csv': users }));
    const get = async (what: string) => {
      const authorization = `Bearer ${await stack.token(asIt)}`;
      const url = `${roster.url}/api/roster/imports/${importId}/${what}`;
      const response = await fetch(url, { headers: { authorization } });
      return `${response.status} ${response.headers.get('content-type')}\n${await response.text()}`;
    };
    const quarantine = await get('quarantine.csv');
    expect(quarantine).toMatch(/^200 text\/csv/);
    expect(quarantine).toMatch(/users,6,enabledUser,'=cmd\(\),vocabulary/);
    expect(await get('report.csv')).toMatch(/users,bulk,read,5,4,0,4,1,0,0,0,0,/);
  });

  it('of a delta lays what changed over what was there', async () => {
    const manifest = samplePackage()['manifest.csv']!.replace(/,bulk/g, ',absent');
    const done = await imported({
      'manifest.csv': manifest.replace('file.enrollments,absent', 'file.enrollments,delta'),
      'enrollments.csv': [
        samplePackage()['enrollments.csv']!.split('\n')[0]!,
        'E3,active,,C1,00417-012,S2,student,true,2020-08-10,',
        'E2,tobedeleted,,C1,00417-012,S1,student,false,2020-08-10,',
      ].join('\n'),
    });
    expect(done).toMatchObject({ state: 'applied', people: 4, enrolments: 2, organisations: 3 });
    expect(done.files).toMatchObject([{ file: 'enrollments', mode: 'delta', added: 1, deleted: 1 }]);
    const { data } = (await published())
      .filter(({ type, key }) => type === 'enrolment.counted' && key === '00417-012')
      .at(-1)!;
    expect(data).toMatchObject({ students: 2 });
    // Back to the whole one, by which a school loses one of four.
    expect(await applied((await imported(samplePackage())).importId)).toMatchObject({ state: 'applied' });
  });
});

describe('a package is refused before anything is stored', () => {
  const refused = async (files: SentFiles): Promise<string> => {
    const before = await stack.db('roster').collection('imports').countDocuments();
    const { status, body } = await send(files);
    expect(await stack.db('roster').collection('imports').countDocuments()).toBe(before);
    return `${status} ${body.errors?.[0]?.field} ${body.errors?.[0]?.rule}`;
  };
  const manifest = samplePackage()['manifest.csv']!;

  it('for a promised file that is not there', async () =>
    expect(await refused(samplePackage({ 'manifest.csv': `${manifest}\nfile.courses,bulk` }))).toBe(
      '422 courses.csv present',
    ));
  it('for something that is not OneRoster', async () =>
    expect(await refused({ 'lunch.csv': 'a,b\n1,2\n' })).toBe('422 file oneroster'));
  it('for another kind of file', async () =>
    expect(await refused({ 'roster.exe': 'MZ' })).toBe('422 file name'));
  it('for bytes that only claim to be a zip', async () =>
    expect(await refused({ 'roster.zip': 'not a zip' })).toBe('422 file zip'));
  it('for a zip whose paths climb out of it', async () =>
    expect(await refused({ 'roster.zip': zipOf({ '../../orgs.csv': 'sourcedId' }) })).toBe('422 file zip'));
  it('for a zip beside loose files', async () =>
    expect(await refused({ 'roster.zip': zipOf(samplePackage()), 'orgs.csv': 'sourcedId' })).toBe(
      '422 file one',
    ));

  it('for a caller who is not of IT', async () => {
    expect(
      (await roster.call('POST', '/api/roster/imports', { as: { roles: ['lead'] }, body: {} })).status,
    ).toBe(403);
    expect((await roster.call('POST', '/api/roster/imports', { body: {} })).status).toBe(401);
  });
  it('for JSON', async () =>
    expect((await roster.call('POST', '/api/roster/imports', { as: asIt, body: {} })).status).toBe(415));
  it('and shows nothing to another district', async () => {
    const { body } = await send(samplePackage());
    expect(
      (
        await roster.call('GET', `/api/roster/imports/${body.importId}`, {
          as: { roles: ['it'], district: 'mars' },
        })
      ).status,
    ).toBe(404);
  });
});

describe('a retry', () => {
  it('with the same Idempotency-Key is the same import; with another package it is refused', async () => {
    const key = { 'idempotency-key': 'a-key-of-this-test-1' };
    const first = await send(samplePackage(), key);
    expect(await send(samplePackage(), key)).toEqual(first);
    expect((await send(samplePackage({ 'classes.csv': 'sourcedId' }), key)).status).toBe(422);
  });
});

describe('after a crash', () => {
  const at = '2026-01-01T00:00:00.000Z';
  const left = async (importId: string, folder: string, more: ImportEvent[] = []): Promise<ImportReport> => {
    const received: ImportEvent = {
      type: 'import.received',
      importId,
      source: 'files',
      oneRoster: '1.2',
      digest: 'x',
      from: { folder },
      applyBy: 'limits',
      by: 'ivo',
      ignored: [],
      at,
    };
    await roster.app.get(ImportStore).create(district, importId, [received, ...more]);
    await roster.app.close();
    roster = await rosterService(stack);
    return settled(importId);
  };
  const changed = (name: string): Files =>
    samplePackage({
      'orgs.csv': samplePackage()['orgs.csv']!.replace('Phobos Elementary School', name),
    });

  it(
    'an import whose files are gone is failed, with nothing applied',
    async () =>
      expect(await left('left-reading', '/nowhere')).toMatchObject({
        state: 'failed',
        problem: expect.stringMatching(/Nothing was applied/),
      }),
    60_000,
  );

  it('an import that was being read is read again', async () => {
    const folder = await mkdtemp(join(tmpdir(), folderPrefix));
    for (const [name, text] of Object.entries(changed('Io Academy')))
      await writeFile(join(folder, name), text);
    expect(await left('left-unread', folder)).toMatchObject({ state: 'applied' });
    expect(existsSync(folder)).toBe(false);
    expect(await names('?q=io%20academy')).toHaveLength(1);
  }, 60_000);

  it('an import that was being applied is finished', async () => {
    const { importId } = await imported(changed('Mimas School'), '?apply=hand');
    const waiting = await roster.app.get(ImportStore).load(district, importId);
    const found: Found = { ...waiting!.state.found!, holds: [] };
    expect(await left('left-applying', '/nowhere', [{ type: 'import.staged', found, at }])).toMatchObject({
      state: 'applied',
      organisations: 3,
    });
    expect(await names('?q=mimas')).toEqual(['Mimas School']);
  }, 60_000);
});

const samples = existsSync(`${shared}expected.json`);
if (!samples)
  process.stdout.write('roster: ../shared/data/roster is not there; its samples are not loaded\n');
(samples ? describe : describe.skip)('the OneRoster samples', () => {
  for (const folder of ['planets-1.1-bulk', 'planets-1.2-bulk']) {
    for (const form of ['folder', 'zip']) {
      it(`${folder} as a ${form} loads with the counts of its own files`, async () => {
        const expected = (
          JSON.parse(await readFile(`${shared}expected.json`, 'utf8')) as Record<
            string,
            Record<string, number>
          >
        )[folder];
        const files: Record<string, string | Buffer> = {};
        if (form === 'zip') files['roster.zip'] = await readFile(`${shared}${folder}.zip`);
        else
          for (const name of await readdir(`${shared}${folder}`))
            files[name] = await readFile(`${shared}${folder}/${name}`);
        const waits = await imported(files);
        const done = waits.state === 'held' ? await applied(waits.importId) : waits;
        expect(done.state).toBe('applied');
        const counts = (field: 'read' | 'accepted'): Files =>
          Object.fromEntries(done.files.map((file) => [file.file, file[field]])) as unknown as Files;
        expect(counts('read')).toEqual(expected);
        expect(counts('accepted')).toEqual(expected);
      }, 60_000);
    }
  }
  it('planets-1.2-delta changes what it says, and nothing else', async () => {
    const zip = await readFile(`${shared}planets-1.2-delta.zip`);
    const done = await imported({ 'roster.zip': zip });
    const expected = JSON.parse(await readFile(`${shared}expected.json`, 'utf8')) as {
      'planets-1.2-delta': { activeAfterApply: { users: number } };
    };
    const counts = done.files.map(({ file, read, added, deleted }) => [file, read, added, deleted]);
    expect(counts).toEqual([
      ['users', 6, 2, 1],
      ['roles', 3, 2, 1],
      ['enrollments', 11, 5, 6],
    ]);
    expect(done.files[0]).toMatchObject({ changed: 6, unchanged: 0 });
    expect(done).toMatchObject({
      state: 'applied',
      people: expected['planets-1.2-delta'].activeAfterApply.users,
      changes: { people: { added: 2, gone: 1, disabled: 1 } },
    });
  }, 60_000);
});

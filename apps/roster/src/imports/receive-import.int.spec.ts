import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, realStack } from '#testing';
import type { RunningService, Stack } from '#testing';
import { trustedDistrict } from '#platform';
import { RosterModule } from '../roster.module.js';
import { ImportStore } from './import.store.js';
import type { ImportEvent } from './import.js';
import { samplePackage, zipOf } from './sample-package.given.js';
import type { Files } from './sample-package.given.js';
import type { ImportReport } from './show-import.js';

const it12 = { roles: ['it'] };
const district = trustedDistrict('moon');
const shared = fileURLToPath(new URL('../../../../../../shared/data/roster/', import.meta.url));

let stack: Stack;
let roster: RunningService;
beforeAll(async () => {
  stack = await realStack();
  roster = await stack.service(RosterModule, 'roster');
}, 120_000);
afterAll(() => stack?.close(), 60_000);

interface Sent {
  status: number;
  body: { importId: string; errors?: { field: string; rule: string }[] };
}

async function send(
  files: Record<string, string | Buffer>,
  headers: Record<string, string> = {},
): Promise<Sent> {
  const form = new FormData();
  for (const [name, content] of Object.entries(files))
    form.append('file', new Blob([new Uint8Array(Buffer.from(content))]), name);
  const authorization = `Bearer ${await stack.token(it12)}`;
  const response = await fetch(`${roster.url}/api/roster/imports`, {
    method: 'POST',
    body: form,
    headers: { authorization, ...headers },
  });
  return { status: response.status, body: (await response.json()) as Sent['body'] };
}

const report = async (id: string): Promise<ImportReport> =>
  (await roster.call<ImportReport>('GET', `/api/roster/imports/${id}`, { as: it12 })).body;

async function imported(files: Record<string, string | Buffer>): Promise<ImportReport> {
  const { status, body } = await send(files);
  expect(status).toBe(202);
  return eventually(async () => {
    const now = await report(body.importId);
    return ['applied', 'failed'].includes(now.state) && now;
  }, 'the import');
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

describe('an import', () => {
  it('turns loose files into organisations and counts of people, and keeps no person', async () => {
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
    const everything = JSON.stringify([
      await stack.db('roster').collection('orgs').find().toArray(),
      await stack.db('roster').collection('imports').find().toArray(),
    ]);
    for (const word of ['Orion', 'Morry', 'hunter2']) expect(everything).not.toContain(word);
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

  it('without a required column refuses that file by name; organisations apply, the last counts stand', async () => {
    const before = (await published()).filter(({ type }) => type === 'enrolment.counted').length;
    const done = await imported(samplePackage({ 'roles.csv': 'sourcedId,userSourcedId\nR1,T1\n' }));
    expect(done).toMatchObject({ state: 'applied', notCounted: 'roles.csv was refused' });
    expect(done.files.find(({ file }) => file === 'roles')).toMatchObject({
      state: 'refused',
      problem: 'roles.csv lacks the required column roleType',
    });
    expect((await published()).filter(({ type }) => type === 'enrolment.counted')).toHaveLength(before);
  });

  it('closes a school that a later bulk no longer has, and opens it when it is back', async () => {
    const orgs = samplePackage()['orgs.csv']!.split('\r\n').slice(0, 3).join('\r\n');
    expect(await imported(samplePackage({ 'orgs.csv': orgs }))).toMatchObject({
      state: 'applied',
      closed: 1,
    });
    expect(await names('?level=school')).toEqual(['Phobos Elementary School']);
    await imported(samplePackage());
    expect(await names('?level=school')).toHaveLength(2);
  });
});

describe('a package is refused before anything is stored', () => {
  const refused = async (files: Record<string, string | Buffer>): Promise<string> => {
    const before = await stack.db('roster').collection('imports').countDocuments();
    const { status, body } = await send(files);
    expect(await stack.db('roster').collection('imports').countDocuments()).toBe(before);
    return `${status} ${body.errors?.[0]?.field} ${body.errors?.[0]?.rule}`;
  };
  const manifest = samplePackage()['manifest.csv']!;

  it('for a delta', async () =>
    expect(
      await refused(samplePackage({ 'manifest.csv': manifest.replace('users,bulk', 'users,delta') })),
    ).toBe('422 manifest.csv file.users bulk'));
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
    expect((await roster.call('POST', '/api/roster/imports', { as: it12, body: {} })).status).toBe(415));
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
  const left = async (importId: string, more: ImportEvent[]): Promise<ImportReport> => {
    const received: ImportEvent = {
      type: 'import.received',
      importId,
      oneRoster: '1.2',
      digest: 'x',
      folder: '/nowhere',
      by: 'ivo',
      ignored: [],
      at,
    };
    await roster.app.get(ImportStore).create(district, importId, [received, ...more]);
    await roster.close();
    roster = await stack.service(RosterModule, 'roster');
    return eventually(async () => {
      const now = await report(importId);
      return ['applied', 'failed'].includes(now.state) && now;
    }, 'the import');
  };

  it(
    'an import that was being read is failed, with nothing applied',
    async () =>
      expect(await left('left-reading', [])).toMatchObject({
        state: 'failed',
        problem: expect.stringMatching(/Nothing was applied/),
      }),
    60_000,
  );

  it('an import that was being applied is finished from its plan', async () => {
    const planned: ImportEvent = {
      type: 'import.planned',
      files: [],
      plan: {
        organisations: [{ orgId: 'new', name: 'Mimas School', level: 'school' }],
        close: [],
        date: '2026-01-01',
      },
      people: 0,
      enrolments: 0,
      at,
    };
    expect(await left('left-applying', [planned])).toMatchObject({ state: 'applied', organisations: 1 });
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
        const done = await imported(files);
        expect(done.state).toBe('applied');
        const counts = (field: 'read' | 'accepted'): Files =>
          Object.fromEntries(done.files.map((file) => [file.file, file[field]])) as unknown as Files;
        expect(counts('read')).toEqual(expected);
        expect(counts('accepted')).toEqual(expected);
      }, 60_000);
    }
  }
  it('planets-1.2-delta is refused as a delta', async () => {
    expect(
      (await send({ 'roster.zip': await readFile(`${shared}planets-1.2-delta.zip`) })).body.errors,
    ).toMatchObject([{ rule: 'bulk' }]);
  });
});

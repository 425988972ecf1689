import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, realStack } from '#testing';
import type { Stack } from '#testing';
import type { ImportReport } from '../imports/import-report.js';
import { asIt, rosterService } from '../imports/roster-service.given.js';
import type { RosterService } from '../imports/roster-service.given.js';
import { samplePackage, zipOf } from '../imports/sample-package.given.js';
import type { Files } from '../imports/sample-package.given.js';
import { client, givenOds, sampleOds } from '../edfi/ods.given.js';
import { Sis, clientSecret, smallRoster } from '../oneroster-rest/sis.given.js';
import type { SourceItem } from './manage-sources.js';

let stack: Stack;
let roster: RosterService;
let root: string;
const alerts: { kind: string; source: string; importId?: string; text: string }[] = [];
const webhook = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk: Buffer) => (text += chunk.toString()));
  request.on('end', () => {
    alerts.push(JSON.parse(text) as (typeof alerts)[number]);
    response.end();
  });
});

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'watched-'));
  process.env['HEARBACK_ROSTER_FOLDERS'] = root;
  process.env['HEARBACK_ROSTER_QUIET_SECONDS'] = '1';
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
  stack = await realStack();
  roster = await rosterService(stack);
}, 120_000);
afterAll(async () => {
  await stack?.close();
  webhook.close();
  await rm(root, { recursive: true, force: true });
}, 60_000);

const sourceBody = (name: string, change: object = {}): object => ({
  name: `The SIS ${name}`,
  kind: 'folder',
  settings: { path: join(root, name) },
  schedule: { everyMinutes: 1_000 },
  alerts: { emails: [], webhook: `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/` },
  ...change,
});
const put = (id: string, body: object, headers: Record<string, string> = {}) =>
  roster.call<SourceItem & { errors?: { field: string; rule: string }[] }>(
    'PUT',
    `/api/roster/sources/${id}`,
    { as: asIt, body, headers },
  );
const show = async (id: string): Promise<SourceItem> =>
  (await roster.call<SourceItem>('GET', `/api/roster/sources/${id}`, { as: asIt })).body;

/** Writes files, and lets them lie until they count as complete. */
async function drop(name: string, files: Record<string, string | Buffer>): Promise<void> {
  await mkdir(join(root, name), { recursive: true });
  for (const [file, content] of Object.entries(files)) await writeFile(join(root, name, file), content);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
}
/** Asks a source, and waits until it has told of another import or problem. */
async function run(id: string, done: (now: SourceItem) => unknown): Promise<SourceItem> {
  expect((await roster.call('POST', `/api/roster/sources/${id}/run`, { as: asIt })).status).toBe(202);
  return eventually(async () => {
    const now = await show(id);
    return done(now) ? now : undefined;
  }, `the run of ${id}`);
}
const imported = ({ lastImport }: SourceItem): boolean =>
  lastImport !== undefined && !['received', 'applying'].includes(lastImport.state);

describe('a watched folder', () => {
  it('is wired in, and what is dropped into it is imported once', async () => {
    await drop('one', { 'roster.zip': zipOf(samplePackage()) });
    expect((await put('one', sourceBody('one'))).status).toBe(200);
    const now = await eventually(async () => {
      const found = await show('one');
      return found.nextRunAt ? found : undefined;
    }, 'a schedule');
    expect(now.lastImport).toBeUndefined();
    const after = await run('one', imported);
    expect(after.lastImport).toMatchObject({ state: 'applied', holds: [] });
    await eventually(async () => (await show('one')).lastSuccessAt, 'the success');
    const again = await run('one', ({ lastRunAt }) => lastRunAt !== after.lastRunAt);
    expect(again.lastImport?.importId).toBe(after.lastImport?.importId);
  }, 60_000);

  it('holds an import that would lose a school, tells so at once, and leaves the roster as it was', async () => {
    const before = (await show('one')).lastImport!.importId;
    const files: Files = samplePackage({
      'orgs.csv': samplePackage()['orgs.csv']!.split('\r\n').slice(0, 3).join('\r\n'),
    });
    await drop('one', { 'roster.zip': zipOf(files) });
    const held = await run('one', (now) => imported(now) && now.lastImport!.importId !== before);
    expect(held.lastImport?.state).toBe('held');
    expect(held.lastImport?.holds.map(({ rule }) => rule)).toContain('closed');
    const alert = await eventually(
      () => Promise.resolve(alerts.find(({ kind }) => kind === 'held')),
      'the alert',
    );
    expect(alert).toMatchObject({ source: 'one', text: expect.stringMatching(/would close/) });
    const { body } = await roster.call<{ items: unknown[] }>('GET', '/api/roster/orgs');
    expect(body.items).toHaveLength(3);
  }, 60_000);

  it('that holds something else tells what, once, and not again for the same file', async () => {
    await drop('two', { 'lunch.csv': 'a,b\n1,2\n' });
    await put('two', sourceBody('two'));
    const failed = await run('two', ({ problem }) => problem);
    expect(failed.problem).toMatch(/not a OneRoster package/);
    await eventually(
      () => Promise.resolve(alerts.find(({ kind, source }) => kind === 'not-fetched' && source === 'two')),
      'the alert',
    );
    const again = await run('two', ({ problem, lastRunAt }) => !problem && lastRunAt !== failed.lastRunAt);
    expect(again.lastImport).toBeUndefined();
  }, 60_000);

  it('waits for a file that is still being written', async () => {
    await drop('three', { 'roster.zip': zipOf(samplePackage()).subarray(0, 500) });
    await writeFile(join(root, 'three', 'roster.zip'), zipOf(samplePackage()).subarray(0, 900));
    await put('three', sourceBody('three'));
    const after = await run('three', ({ lastRunAt }) => lastRunAt);
    expect([after.problem, after.lastImport]).toEqual([undefined, undefined]);
    expect(await readFile(join(root, 'three', 'roster.zip'))).toHaveLength(900);
  }, 60_000);
});

/** Asks a source of pages. @returns what became of it. */
const pagesOf = async (id: string): Promise<ImportReport> => {
  const done = await run(id, imported);
  const path = `/api/roster/imports/${done.lastImport!.importId}`;
  return (await roster.call<ImportReport>('GET', path, { as: asIt })).body;
};

describe('a service', () => {
  it('of OneRoster is asked with a secret from the environment, and its roster imported', async () => {
    process.env['HEARBACK_SECRET_SIS'] = clientSecret;
    const sis = await Sis.start('1.2', smallRoster('1.2'));
    try {
      const body = sourceBody('rest', { kind: 'oneroster-rest', settings: sis.settings });
      expect((await put('rest', body)).status).toBe(200);
      // Its schools are those of `one` as well, which nobody would see in the numbers.
      const first = await pagesOf('rest');
      expect(first).toMatchObject({ state: 'held', source: 'rest', oneRoster: '1.2' });
      expect(first.holds.map(({ rule }) => rule)).toEqual(['overlap']);
      const path = `/api/roster/imports/${first.importId}/apply`;
      await roster.call('POST', path, { as: asIt, body: { why: 'both know of them' } });
      await eventually(
        () => show('rest').then(({ lastImport }) => lastImport?.state === 'applied'),
        'the import to be applied',
      );
      const before = sis.asked.length;
      await put('rest', body, { 'if-match': '"1"' });
      const { lastImport } = await show('rest');
      const again = await run(
        'rest',
        (now) => imported(now) && now.lastImport!.importId !== lastImport!.importId,
      );
      const { body: report } = await roster.call<ImportReport>(
        'GET',
        `/api/roster/imports/${again.lastImport!.importId}`,
        { as: asIt },
      );
      expect(sis.asked.length).toBeGreaterThan(before);
      for (const file of report.files) expect(file).toMatchObject({ changed: 0, unchanged: file.accepted });
    } finally {
      await sis.stop();
    }
  }, 60_000);

  it('of OneRoster that gives half a page leaves the roster as it was, and says so', async () => {
    const sis = await Sis.start('1.2', smallRoster('1.2'), {
      fault: ({ file }) => (file === 'users' ? 'half' : undefined),
    });
    try {
      await put(
        'half',
        sourceBody('half', { kind: 'oneroster-rest', settings: { ...sis.settings, timeoutMs: 500 } }),
      );
      const failed = await run('half', ({ problem }) => problem);
      expect(failed.problem).toMatch(/users, page 1/);
      expect(failed.lastImport).toBeUndefined();
    } finally {
      await sis.stop();
    }
  }, 60_000);

  it('of Ed-Fi is read, and its schools, students and contacts imported', async () => {
    process.env['HEARBACK_SECRET_ODS'] = client.secret;
    const ods = await givenOds(sampleOds());
    try {
      const settings = {
        baseUrl: ods.url,
        tokenUrl: `${ods.url}/oauth/token`,
        clientId: client.id,
        secret: { env: 'HEARBACK_SECRET_ODS' },
      };
      expect((await put('ods', sourceBody('ods', { kind: 'ed-fi', settings }))).status).toBe(200);
      const report = await pagesOf('ods');
      expect(report).toMatchObject({ state: 'applied', source: 'ods' });
      expect(report.files.map(({ file }) => file)).toEqual(['orgs', 'users', 'roles']);
      expect(report.people).toBeGreaterThan(0);
    } finally {
      await ods.close();
    }
  }, 60_000);
});

describe('another system', () => {
  it('takes the place of the old one in the same source, and is asked for everything', async () => {
    const sis = await Sis.start('1.2', smallRoster('1.2'));
    try {
      const body = sourceBody('moved', { kind: 'folder' });
      expect((await put('moved', body)).status).toBe(200);
      const settings = { kind: 'oneroster-rest', settings: sis.settings, deltas: true };
      const changed = await put('moved', sourceBody('moved', settings), { 'if-match': '"1"' });
      expect({ status: changed.status, kind: changed.body.kind }).toEqual({
        status: 200,
        kind: 'oneroster-rest',
      });
      expect(await pagesOf('moved')).toMatchObject({
        source: 'moved',
        files: expect.arrayContaining([expect.objectContaining({ mode: 'bulk' })]),
      });
    } finally {
      await sis.stop();
    }
  }, 60_000);
  it('may send its files by hand for a source that is fetched otherwise', async () => {
    const send = (query: string) => roster.post<{ importId: string }>(`imports?${query}`, samplePackage());
    expect((await send('source=nobody')).status).toBe(422);
    const { body } = await send('source=moved&apply=hand');
    const report = await roster.settled(body.importId);
    expect(report.source).toBe('moved');
  }, 60_000);
});

describe('a source is refused', () => {
  const wrong = async (change: object): Promise<string> => {
    const { status, body } = await put('wrong', sourceBody('wrong', change));
    return `${status} ${body.errors?.[0]?.field} ${body.errors?.[0]?.rule}`;
  };
  it.each<[string, object]>([
    ['422 settings.path folder', { settings: { path: '/etc' } }],
    ['422 settings.path folder', { settings: { path: `/somewhere/../etc` } }],
    [
      '422 settings.version oneOf',
      { kind: 'oneroster-rest', settings: { baseUrl: 'http://sis.example.org' } },
    ],
    [
      '422 settings.auth.secret name',
      {
        kind: 'oneroster-rest',
        settings: {
          baseUrl: 'https://sis.example.org/ims/oneroster/v1p1',
          version: '1.1',
          auth: { kind: 'oauth1', key: 'k', secret: { env: 'HEARBACK_MONGO' } },
        },
      },
    ],
    ['422 settings.tokenUrl url', { kind: 'ed-fi', settings: { baseUrl: 'https://ods.example.org' } }],
    ['422 kind isIn', { kind: 'ftp' }],
    ['422 schedule.at matches', { schedule: { at: '25:00' } }],
    ['422 alerts.webhook https', { alerts: { emails: [], webhook: 'http://hooks.example.org' } }],
  ])('with %s', async (expected, change) => expect(await wrong(change)).toBe(expected));

  it('for a caller who is not of IT', async () =>
    expect(
      (await roster.call('PUT', '/api/roster/sources/x', { as: { roles: ['lead'] }, body: {} })).status,
    ).toBe(403));
  it('without the ETag of what it replaces, and for a stale one', async () => {
    expect((await put('two', sourceBody('two'))).status).toBe(428);
    expect((await put('two', sourceBody('two'), { 'if-match': '"99"' })).status).toBe(412);
  });
  it('and shows nothing to another district', async () =>
    expect(
      (await roster.call('GET', '/api/roster/sources/one', { as: { roles: ['it'], district: 'mars' } }))
        .status,
    ).toBe(404));
});

describe('an import of a source', () => {
  it('names its source, and can be applied by hand', async () => {
    const { lastImport } = await show('one');
    const { status } = await roster.call('POST', `/api/roster/imports/${lastImport!.importId}/apply`, {
      as: asIt,
      body: { why: 'the school closed' },
    });
    expect(status).toBe(202);
    const path = `/api/roster/imports/${lastImport!.importId}`;
    const report = await eventually(async () => {
      const { body } = await roster.call<ImportReport>('GET', path, { as: asIt });
      return body.state === 'applied' ? body : undefined;
    }, 'the import');
    expect(report).toMatchObject({ source: 'one', decided: { why: 'the school closed' } });
  }, 60_000);
});

describe('files that are sent by hand', () => {
  const send = async (change: Files = {}): Promise<string> => {
    // Schools of its own: those of another source would hold it.
    const files = Object.entries(samplePackage(change)).map(([name, text]) => [
      name,
      text.replaceAll('00417', '00999'),
    ]);
    const zip = zipOf(Object.fromEntries(files) as Files);
    return (await roster.post<{ importId: string }>('imports', { 'roster.zip': zip })).body.importId;
  };
  const orgs = samplePackage()['orgs.csv']!.split('\r\n');

  it('raise alerts as a source that is asked does, each import once, though they come all at once', async () => {
    expect((await put('files', sourceBody('files', { kind: 'upload', settings: undefined }))).status).toBe(
      200,
    );
    const failed = await send({ 'orgs.csv': orgs[0]! });
    await send();
    const held = await send({ 'orgs.csv': orgs.slice(0, 3).join('\r\n') });
    const sent = (): (typeof alerts)[number][] => alerts.filter(({ source }) => source === 'files');
    await eventually(
      async () => {
        const { lastImport } = await show('files');
        return lastImport?.importId === held && lastImport.state === 'held' && sent().length >= 2;
      },
      'the alerts',
      60_000,
    );
    expect(sent().map(({ kind, importId }) => [kind, importId])).toEqual([
      ['failed', failed],
      ['held', held],
    ]);
    expect((await show('files')).lastSuccessAt).toBeDefined();
  }, 90_000);

  it('wait for a word when their source says so', async () => {
    const body = sourceBody('files', { kind: 'upload', settings: undefined, applyBy: 'hand' });
    expect((await put('files', body, { 'if-match': '"1"' })).status).toBe(200);
    const waits = await send();
    const { lastImport } = await eventually(async () => {
      const now = await show('files');
      return now.lastImport?.importId === waits && imported(now) && now;
    }, 'the import');
    expect(lastImport?.state).toBe('previewed');
  }, 60_000);
});

import { createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import type { Feed } from '../feed/feed.js';
import { Spool } from '../feed/spool.js';
import type { Row } from '../oneroster/check-row.js';
import type { FileName, OneRosterVersion } from '../oneroster/columns.js';
import { fetchOneRoster } from './fetch-oneroster.js';
import type { FetchOptions } from './fetch-oneroster.js';
import { clientSecret, Sis, smallRoster } from './sis.given.js';
import type { Asked, Fault, Habits } from './sis.given.js';
import type { OneRosterRestSettings } from './settings.js';

const shared = fileURLToPath(new URL('../../../../../../shared/data/roster/', import.meta.url));
process.env['HEARBACK_SECRET_SIS'] = clientSecret;

let folder: string;
let sis: Sis;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'hearback-rest-'))));
afterEach(async () => {
  await sis?.stop();
  await rm(folder, { recursive: true });
});

async function given(habits: Habits = {}, version: OneRosterVersion = '1.2'): Promise<void> {
  sis = await Sis.start(version, smallRoster(version), habits);
}

/** Opens the spool anew each time, as a new process would. */
async function fetched(
  options: Partial<FetchOptions> = {},
  settings: Partial<OneRosterRestSettings> = {},
): Promise<Feed> {
  const { signal } = new AbortController();
  const told = (): void => undefined;
  return fetchOneRoster({ ...sis.settings, ...settings }, await Spool.open(folder), {
    signal,
    told,
    pauseMs: 1,
    ...options,
  });
}

async function rowsOf(feed: Feed): Promise<Partial<Record<FileName, Row[]>>> {
  const files: Partial<Record<FileName, Row[]>> = {};
  for (const { file, lines } of feed.files) {
    files[file] = [];
    for await (const some of lines()) for (const line of some) if ('row' in line) files[file].push(line.row);
  }
  return files;
}
const ids = (rows: Row[] | undefined): string[] => rows?.map((row) => row['sourcedId']!) ?? [];
const users = async (feed: Feed): Promise<string[]> => ids((await rowsOf(feed)).users);
const everyone = ['P1', 'S1', 'S2', 'S3', 'T1'];

/** A fault at one page, the first `times` that it is asked for. */
const at =
  (file: string, offset: number, fault: Fault, times = 1) =>
  (asked: Asked): Fault | undefined =>
    asked.file === file && asked.offset === offset && asked.nth <= times ? fault : undefined;

const failure = async (
  run: Promise<unknown>,
): Promise<{ message: string; startAgain?: boolean; where?: unknown }> =>
  run.then(
    () => ({ message: 'it did not fail' }),
    (error: Error) => error,
  );

describe('a whole roster', () => {
  it('of OneRoster 1.2 comes as files of the CSV binding, roles apart from users', async () => {
    await given();
    const feed = await fetched();
    const rows = await rowsOf(feed);
    expect(Object.fromEntries(Object.entries(rows).map(([file, all]) => [file, all.length]))).toEqual({
      orgs: 2,
      academicSessions: 1,
      courses: 1,
      classes: 1,
      users: 5,
      roles: 5,
      enrollments: 5,
      demographics: 1,
    });
    expect([feed.version, feed.ignored, feed.files.map(({ mode }) => mode)]).toEqual([
      '1.2',
      [],
      Array(8).fill('bulk'),
    ]);
    expect(rows.orgs?.[1]).toMatchObject({
      sourcedId: '00417-012',
      type: 'school',
      parentSourcedId: '00417',
    });
    expect(rows.users?.[0]).toMatchObject({ sourcedId: 'P1', agentSourcedIds: 'S1,S2', enabledUser: 'true' });
    expect(rows.roles?.[4]).toMatchObject({
      sourcedId: 'T1~00417-012~teacher~primary',
      userSourcedId: 'T1',
      role: 'teacher',
      orgSourcedId: '00417-012',
    });
    expect(rows.enrollments?.[3]).toMatchObject({
      classSourcedId: 'C1',
      userSourcedId: 'T1',
      primary: 'true',
    });
  });

  it('of OneRoster 1.1 has role and organisations in users, and no roles', async () => {
    await given({}, '1.1');
    const rows = await rowsOf(await fetched());
    expect(rows.users?.[4]).toMatchObject({ sourcedId: 'T1', role: 'teacher', orgSourcedIds: '00417-012' });
    expect(rows.roles).toBeUndefined();
  });

  it('leaves passwords, birth dates and its own secret off the disk', async () => {
    await given();
    await fetched();
    const texts = await Promise.all(
      (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
    );
    for (const word of ['hunter2', '2021-05-14', clientSecret, 'token-1'])
      expect(texts.join('')).not.toContain(word);
  });

  it('is told page by page', async () => {
    await given();
    const told: unknown[] = [];
    await fetched({ told: (one) => void (one.file === 'users' && told.push(one)) });
    expect(told).toEqual([2, 4, 5].map((rows) => ({ file: 'users', rows, total: 5 })));
  });

  it('may lack demographics, academicSessions and courses, and says so', async () => {
    await given();
    for (const file of ['demographics', 'academicSessions', 'courses']) delete sis.collections[file];
    const feed = await fetched();
    expect(feed.files.map(({ file }) => file)).toEqual(['orgs', 'classes', 'users', 'roles', 'enrollments']);
    expect(feed.ignored).toEqual([
      'academicSessions: the service does not have it (404)',
      'courses: the service does not have it (404)',
      'demographics: the service does not have it (404)',
    ]);
  });

  it('may lack demographics that are not granted', async () => {
    await given({ fault: at('demographics', 0, { status: 403 }) });
    expect((await fetched()).ignored).toEqual(['demographics: the service does not grant it (403)']);
  });

  for (const file of ['orgs', 'users', 'classes', 'enrollments'])
    it(`may not lack ${file}`, async () => {
      await given();
      delete sis.collections[file];
      expect((await failure(fetched())).message).toMatch(
        new RegExp(`^${file}, page 1: the service answered 404`),
      );
    });
});

describe('what changed', () => {
  it('since an instant comes as a delta, with what is to be deleted', async () => {
    await given();
    const feed = await fetched({ since: '2026-11-01T00:00:00Z' });
    expect(sis.asked[0]?.request.url).toContain(
      'filter=dateLastModified%3E%3D%272026-11-01T00%3A00%3A00.000Z%27',
    );
    const rows = await rowsOf(feed);
    expect(rows.users?.map(({ sourcedId, status }) => `${sourcedId} ${status}`)).toEqual([
      'S3 tobedeleted',
      'T1 active',
    ]);
    expect(rows.roles?.map(({ status }) => status)).toEqual(['tobedeleted', 'active']);
    expect([rows.orgs, new Set(feed.files.map(({ mode }) => mode))]).toEqual([[], new Set(['delta'])]);
  });

  it('may be nothing, with the list or without it', async () => {
    const empty = { body: '{}', headers: { 'x-total-count': '0' } };
    await given({ fault: ({ file }) => (file === 'orgs' ? empty : undefined) });
    const rows = await rowsOf(await fetched({ since: '2030-01-01T00:00:00Z' }));
    expect([rows.orgs, rows.users, rows.roles]).toEqual([[], [], []]);
  });
  it('is not nothing because the list is missing, unless a total says so', async () => {
    await given({ fault: at('orgs', 0, { body: '{}' }) });
    expect((await failure(fetched({ since: '2030-01-01T00:00:00Z' }))).message).toMatch(/no list "orgs"/);
  });

  it('is not asked for with something that is no instant', async () => {
    await given();
    expect(await failure(fetched({ since: '2026-11-01' }))).toMatchObject({
      field: 'since',
      rule: 'instant',
    });
  });
});

describe('pages are followed to the end', () => {
  it('by offset, in an order', async () => {
    await given();
    await fetched();
    expect(sis.offsets('users')).toEqual([0, 2, 4]);
    expect(sis.asked[0]?.request.url).toContain('limit=2&offset=0&sort=sourcedId&orderBy=asc');
  });
  it('by Link, relative or not', async () => {
    for (const links of [true as const, (next: string) => new URL(next).search]) {
      await given({ totals: 'none', links });
      expect(await users(await fetched())).toEqual(everyone);
      expect(sis.offsets('users')).toEqual([0, 2, 4]);
      await sis.stop();
      await rm(folder, { recursive: true });
      folder = await mkdtemp(join(tmpdir(), 'hearback-rest-'));
    }
  });
  it('without totals and Links, up to an empty page', async () => {
    await given({ totals: 'none' });
    expect(await users(await fetched())).toEqual(everyone);
    expect(sis.offsets('users')).toEqual([0, 2, 4, 5]);
  });
  it('when the service gives shorter pages than asked for', async () => {
    await given({ mostRows: 2 });
    expect(await users(await fetched({}, { pageSize: 1000 }))).toEqual(everyone);
  });
  it('when a page in the middle is short', async () => {
    await given({ rows: ({ offset }, rows) => (offset === 2 ? rows.slice(0, 1) : rows) });
    expect(await users(await fetched())).toEqual(everyone);
    expect(sis.offsets('users')).toEqual([0, 2, 3, 5]);
  });
  it('when a service refuses to look beyond its end', async () => {
    await given({
      fault: ({ file, offset }) => (offset >= sis.collections[file]!.length ? { status: 400 } : undefined),
    });
    expect(await users(await fetched({}, { pageSize: 1000 }))).toEqual(everyone);
  });
  it('when a row is added meanwhile, which is once there and once more', async () => {
    await given({
      fault: ({ file, offset, nth }) => {
        if (file === 'users' && offset === 2 && nth === 1)
          sis.collections['users']!.unshift({ ...sis.collections['users']![0], sourcedId: 'A0' });
        return undefined;
      },
    });
    expect(await users(await fetched())).toEqual(everyone);
  });
});

describe('a roster is never short: the run fails', () => {
  const failsWith = async (
    habits: Habits,
    message: RegExp,
    startAgain = false,
    timeoutMs = 100,
  ): Promise<void> => {
    await given(habits);
    const error = await failure(fetched({}, { timeoutMs }));
    expect(error.message).toMatch(message);
    expect(error.startAgain).toBe(startAgain);
    await expect((await Spool.open(folder)).feed('1.2', 'bulk')).rejects.toThrow(/not fetched to its end/);
  };
  const second = ({ file, offset }: Asked): boolean => file === 'users' && offset === 2;

  it('when the total is too small', () =>
    failsWith(
      { totals: (real, { file }) => (file === 'users' ? 3 : real) },
      /^users, page 2: 4 rows came, expected no more than the total of 3/,
      true,
    ));
  it('when the total is only the length of the page', () =>
    failsWith({ totals: (_, __, rows) => rows }, /^orgs, page 2: the total fell to 0/, true));
  it('when the total is too large', () =>
    failsWith(
      { totals: (real, { file }) => (file === 'users' ? 9 : real) },
      /^users, page 4: 5 rows came to the end, expected the total of 9/,
      true,
    ));
  it('when the total falls from page to page', () =>
    failsWith(
      { totals: (real, { file, offset }) => (file === 'users' ? real - offset : real) },
      /^users, page 2: the total fell to 3/,
      true,
    ));
  it('when the total is no number', () =>
    failsWith(
      { totals: (real, asked) => (second(asked) ? NaN : real) },
      /^users, page 2: X-Total-Count is no number/,
    ));
  it('when a page is left out in the middle', () =>
    failsWith(
      { rows: (asked, rows) => (second(asked) ? [] : rows) },
      /^users, page 2: 2 rows came to the end, expected the total of 5/,
      true,
    ));
  it('when a page comes again', () =>
    failsWith(
      { rows: ({ file }, rows) => (file === 'users' ? sis.collections['users']!.slice(0, 2) : rows) },
      /^users, page 2: the page before came once more \(P1\)/,
      true,
    ));
  it('when rows come again, since others are then left out', () =>
    failsWith(
      { rows: (asked, rows) => (second(asked) ? [rows[0]!, sis.collections['users']![0]!] : rows) },
      /^users, page 2: 1 rows came a second time/,
      true,
    ));
  it('when a page is half', () =>
    failsWith(
      { fault: at('users', 2, 'half') },
      /^users, page 2: \d+ characters \(application\/json\) that are no whole JSON/,
    ));
  it('when a sign-in page comes instead', () =>
    failsWith(
      { fault: at('users', 2, { body: '<html>Sign in</html>', headers: { 'content-type': 'text/html' } }) },
      /^users, page 2: 20 characters \(text\/html\).*expected \{"users": \[…\]\}.*sign-in page/,
    ));
  it('when another list comes', () =>
    failsWith(
      { fault: at('users', 2, { body: '{"orgs": []}' }) },
      /^users, page 2: the JSON has no list "users"/,
    ));
  it('when a row is no object', () =>
    failsWith(
      { fault: at('users', 2, { body: '{"users": [{"sourcedId": "S2"}, null]}' }) },
      /^users, page 2: row 2 of the page is no object/,
    ));
  it('when a page is not UTF-8', () =>
    failsWith(
      { fault: at('users', 2, { body: Buffer.from('{"users": ["Ío"]}', 'latin1') }) },
      /^users, page 2: the answer is not UTF-8/,
    ));
  it('when a page is larger than any page may be', () =>
    failsWith(
      { fault: at('users', 2, { body: Buffer.alloc(64 * 2 ** 20 + 1, ' ') }, 9) },
      /^users, page 2: the answer is larger than 64 MB/,
      false,
      10_000,
    ));
  it('when the service stays too slow', () =>
    failsWith(
      { fault: at('users', 2, 'slow', 9) },
      /^users, page 2: no whole answer within 100 ms \(timeoutMs\), 5 times/,
    ));
  it('when the connection is cut every time', () =>
    failsWith({ fault: at('users', 2, 'cut', 9) }, /^users, page 2: the connection failed \(.+\), 5 times/));
  it('when the service stays broken', () =>
    failsWith(
      { fault: at('users', 2, { status: 500 }, 9) },
      /^users, page 2: the service answered 500, 5 times/,
    ));
  it('when the service stays busy', () =>
    failsWith(
      { fault: at('users', 2, { status: 429 }, 99) },
      /^users, page 2: the service answered 429 still, after 10 waits/,
    ));
  it('when it does not understand', () =>
    failsWith(
      { fault: at('users', 2, { status: 400 }) },
      /^users, page 2: the service answered 400.*must take limit/,
    ));
  it('when it refuses', () =>
    failsWith({ fault: at('users', 2, { status: 403 }) }, /^users, page 2: the service answered 403.*grant/));
  it('when a Link leads to another host, where credentials must not go', async () => {
    const away = await Sis.start('1.2', smallRoster('1.2'));
    await failsWith(
      { links: (next) => next.replace(sis.origin, away.origin) },
      /^users, page 2: the Link to it leads to http:/,
      true,
    );
    expect(away.asked).toEqual([]);
    await away.stop();
  });
});

describe('a service that stumbles', () => {
  const stumbles = async (fault: Habits['fault']): Promise<void> => {
    await given({ fault });
    expect(await users(await fetched({}, { timeoutMs: 200 }))).toEqual(everyone);
  };
  it('is asked again after a 429', () =>
    stumbles(at('users', 2, { status: 429, headers: { 'retry-after': '0' } }, 3)));
  it('is asked again after 500, 502 and 503', () =>
    stumbles(({ nth, offset }) =>
      offset === 2 && nth < 4 ? { status: [500, 502, 503][nth - 1]! } : undefined,
    ));
  it('is asked again after a cut connection', () => stumbles(at('users', 2, 'cut', 2)));
  it('is asked again when it was too slow', () => stumbles(at('users', 2, 'slow', 2)));

  for (const [form, header] of [
    ['in seconds', () => '1'],
    ['as a date', () => new Date(Date.now() + 2000).toUTCString()],
  ] as const)
    it(`is left alone as long as it asks for, ${form}`, async () => {
      const times: number[] = [];
      await given({
        fault: (asked) => {
          if (asked.file !== 'users' || asked.offset !== 2) return undefined;
          times.push(Date.now());
          return asked.nth === 1 ? { status: 503, headers: { 'retry-after': header() } } : undefined;
        },
      });
      expect(await users(await fetched())).toEqual(everyone);
      expect(times[1]! - times[0]!).toBeGreaterThan(950);
    });
});

describe('who asks', () => {
  it('is proved by one token for all pages', async () => {
    await given();
    await fetched();
    expect(sis.tokens).toBe(1);
  });
  it('gets a new token when the old one has ended, however often', async () => {
    await given({
      fault: ({ nth, offset }) => {
        if (offset > 0 && nth === 1) sis.expireToken();
        return undefined;
      },
    });
    expect(await users(await fetched())).toEqual(everyone);
    expect(sis.tokens).toBeGreaterThan(2);
  });
  it('asks for a token once more after a 401, and not for ever', async () => {
    await given({ admits: () => false });
    expect((await failure(fetched())).message).toMatch(/^orgs, page 1: the service answered 401.*check auth/);
    expect([sis.tokens, sis.offsets('orgs')]).toEqual([2, [0, 0]]);
  });
  it('waits for a busy token service', async () => {
    await given({ tokenFault: (nth) => (nth < 3 ? { status: 503 } : undefined) });
    expect(await users(await fetched())).toEqual(everyone);
  });
  it('hears that the token service refused, and no secret', async () => {
    await given();
    process.env['HEARBACK_SECRET_WRONG'] = 'wrong horse';
    const auth = { ...sis.settings.auth, secret: { env: 'HEARBACK_SECRET_WRONG' } };
    const { message } = await failure(fetched({}, { auth }));
    expect(message).toMatch(/^orgs, page 1: no token could be had: the service answered 401; check tokenUrl/);
    expect(message).not.toContain('horse');
  });
  it('hears which variable to set before anything is sent', async () => {
    await given();
    const auth = { ...sis.settings.auth, secret: { env: 'HEARBACK_SECRET_NONE' } };
    expect((await failure(fetched({}, { auth }))).message).toMatch(
      /environment variable HEARBACK_SECRET_NONE/,
    );
    expect([sis.tokens, sis.asked]).toEqual([0, []]);
  });
  it('is proved by a key in a header', async () => {
    await given({ admits: ({ headers }) => headers['x-api-key'] === clientSecret });
    const auth = { kind: 'proxy-key', header: 'X-Api-Key', secret: { env: 'HEARBACK_SECRET_SIS' } } as const;
    expect(await users(await fetched({}, { auth }))).toEqual(everyone);
  });
  for (const signature of ['HMAC-SHA256', 'HMAC-SHA1'] as const)
    it(`is proved by a signature of OAuth 1.0a with ${signature}`, async () => {
      const nonces = new Set<string>();
      await given({ admits: (request) => isSigned(request, sis.origin, nonces) }, '1.1');
      const auth = {
        kind: 'oauth1',
        key: 'hearback',
        secret: { env: 'HEARBACK_SECRET_SIS' },
        signature,
      } as const;
      expect(await users(await fetched({ since: '2020-01-01T00:00:00Z' }, { auth }))).toEqual(everyone);
      expect(nonces.size).toBe(sis.asked.length);
    });
});

describe('a redirect', () => {
  it('on the same host is followed', async () => {
    await given({
      fault: ({ file, request }) =>
        file === 'orgs' && !request.url!.startsWith('/moved-here')
          ? { status: 307, headers: { location: `/moved-here${new URL(request.url!, sis.origin).search}` } }
          : undefined,
    });
    expect(ids((await rowsOf(await fetched())).orgs)).toEqual(['00417', '00417-012']);
  });
  it('to another host is refused, and nothing is sent there', async () => {
    const away = await Sis.start('1.2', smallRoster('1.2'));
    await given({
      fault: () => ({
        status: 302,
        headers: { location: `${away.origin}/ims/oneroster/rostering/v1p2/orgs` },
      }),
    });
    expect((await failure(fetched())).message).toMatch(
      /^orgs, page 1: the service redirects to http:.*change baseUrl/,
    );
    expect(away.asked).toEqual([]);
    await away.stop();
  });
  it('of the token request is refused', async () => {
    await given({ tokenFault: () => ({ status: 307, headers: { location: `${sis.origin}/token` } }) });
    expect((await failure(fetched())).message).toMatch(/no token could be had: the service answered 307/);
  });
});

describe('a fetch that broke off', () => {
  const brokenOff = async (habits: Habits = {}): Promise<void> => {
    await given({ ...habits, fault: at('users', 2, { status: 400 }) });
    await failure(fetched());
    sis.asked.length = 0;
    sis.habits = habits;
  };

  it('goes on at its page and fetches nothing twice', async () => {
    await brokenOff();
    const rows = await rowsOf(await fetched());
    expect([ids(rows.users), rows.roles?.length, ids(rows.orgs)]).toEqual([
      everyone,
      5,
      ['00417', '00417-012'],
    ]);
    expect(sis.offsets('orgs')).toEqual([]);
    expect(sis.offsets('users')).toEqual([2, 4]);
  });
  it('goes on by Link', async () => {
    await brokenOff({ totals: 'none', links: true });
    expect(await users(await fetched())).toEqual(everyone);
    expect(sis.offsets('users')).toEqual([2, 4]);
  });
  it('goes on when it was stopped by its signal', async () => {
    await given();
    const stop = new AbortController();
    const told = ({ file }: { file: string }): void =>
      void (file === 'users' && stop.abort(new Error('shut down')));
    expect((await failure(fetched({ signal: stop.signal, told }))).message).toBe('shut down');
    sis.asked.length = 0;
    expect(await users(await fetched())).toEqual(everyone);
    expect(sis.offsets('users')).toEqual([2, 4]);
  });
  it('goes on when it ended between the roles of a page and its users', async () => {
    await brokenOff();
    const spool = await Spool.open(folder);
    const next = spool.progress('users').next!;
    const roles = ['S2', 'S3'].map((user) => ({ sourcedId: `${user}~00417-012~student~primary` }));
    await spool.append('roles', roles, next.replace('"page":2', '"page":3'));
    const rows = await rowsOf(await fetched());
    expect([ids(rows.users), rows.roles?.length]).toEqual([everyone, 5]);
    expect(new Set(ids(rows.roles)).size).toBe(5);
  });
  it('does not wait for a busy service when it is stopped', async () => {
    await given({ fault: at('users', 2, { status: 429, headers: { 'retry-after': '900' } }) });
    const run = failure(fetched({ signal: AbortSignal.timeout(300) }));
    expect(await run).toMatchObject({ name: 'TimeoutError' });
  });
  it('starts again when the total changed since', async () => {
    await brokenOff();
    sis.collections['users']!.push({ sourcedId: 'Z1' });
    expect(await failure(fetched())).toMatchObject({
      message: expect.stringMatching(/^users, page 2: the total is 6 now, expected 5.*start again/),
      startAgain: true,
      where: { file: 'users', page: 2 },
    });
  });
  it('starts again when it is continued for another service or question', async () => {
    await brokenOff();
    expect(await failure(fetched({ since: '2026-11-01T00:00:00Z' }))).toMatchObject({
      message: expect.stringMatching(/begun with another baseUrl, version or since/),
      startAgain: true,
    });
  });
});

/** Checks a signature as a server would, by its own reading of RFC 5849. */
function isSigned({ headers, url }: IncomingMessage, origin: string, nonces: Set<string>): boolean {
  const sent = new Map(
    [...(headers.authorization ?? '').matchAll(/(oauth_\w+)="([^"]*)"/g)].map(([, name, value]) => [
      name!,
      decodeURIComponent(value!),
    ]),
  );
  const signature = sent.get('oauth_signature');
  const nonce = sent.get('oauth_nonce') ?? '';
  sent.delete('oauth_signature');
  if (sent.get('oauth_consumer_key') !== 'hearback' || nonces.has(nonce)) return false;
  nonces.add(nonce);
  const quoted = (text: string): string => encodeURIComponent(text).replaceAll("'", '%27');
  const [path, query = ''] = (url ?? '').split('?');
  const pairs = [...query.split('&'), ...[...sent].map(([name, value]) => `${name}=${quoted(value)}`)].sort();
  const text = ['GET', quoted(origin + path), quoted(pairs.join('&'))].join('&');
  const hash = sent.get('oauth_signature_method') === 'HMAC-SHA1' ? 'sha1' : 'sha256';
  return (
    signature ===
    createHmac(hash, `${quoted(clientSecret)}&`)
      .update(text)
      .digest('base64')
  );
}

const samples = existsSync(`${shared}expected.json`);
if (!samples)
  process.stdout.write('roster: ../shared/data/roster is not there; its samples are not fetched\n');
(samples ? describe : describe.skip)('the OneRoster samples, served as JSON', () => {
  const lists = ['grades', 'subjects', 'subjectCodes', 'periods'];
  const properties: Record<string, string> = {
    parentSourcedId: 'parent',
    orgSourcedId: 'org',
    courseSourcedId: 'course',
    schoolSourcedId: 'school',
    termSourcedIds: 'terms',
    agentSourcedIds: 'agents',
    orgSourcedIds: 'orgs',
    classSourcedId: 'class',
    userSourcedId: 'user',
    schoolYearSourcedId: 'schoolYear',
    primaryOrgSourcedId: 'primaryOrg',
    preferredGivenName: 'preferredFirstName',
    preferredFamilyName: 'preferredLastName',
    userProfileSourcedId: 'userProfile',
  };
  const resource = (row: Row): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(row)
        .filter(([, value]) => value !== '')
        .map(([column, value]) => {
          const property = properties[column];
          if (!property) return [column, lists.includes(column) ? value.split(',') : value];
          const refs = value.split(',').map((sourcedId) => ({ href: 'x', sourcedId, type: 'x' }));
          return [property, column.endsWith('s') ? refs : refs[0]];
        }),
    );

  for (const version of ['1.1', '1.2'] as const)
    it(`of ${version} arrive as the rows of their CSV files`, async () => {
      const files: Record<string, Row[]> = {};
      for (const name of await readdir(`${shared}planets-${version}-bulk`))
        files[name.replace('.csv', '')] = parse(await readFile(`${shared}planets-${version}-bulk/${name}`), {
          columns: true,
        });
      const { roles: ofUsers = [], manifest: _, ...collections } = files;
      sis = await Sis.start(
        version,
        Object.fromEntries(Object.entries(collections).map(([file, rows]) => [file, rows.map(resource)])),
      );
      if (version === '1.2')
        for (const user of sis.collections['users']!)
          user['roles'] = ofUsers.filter((role) => role['userSourcedId'] === user['sourcedId']).map(resource);
      const rows = await rowsOf(await fetched({}, { pageSize: 100 }));
      for (const file of [
        'orgs',
        'academicSessions',
        'courses',
        'classes',
        'users',
        'enrollments',
      ] as const) {
        const { password: _, ...columns } = files[file]![0]!;
        const wanted = files[file]!.map((row) =>
          Object.fromEntries(Object.keys(columns).map((name) => [name, row[name]])),
        );
        expect(
          rows[file]?.map((row) => Object.fromEntries(Object.keys(columns).map((name) => [name, row[name]]))),
        ).toEqual(wanted);
      }
      const unnamed = (all: Row[] = []): string[] =>
        all.map(({ sourcedId: _, ...role }) => JSON.stringify(Object.entries(role).sort())).sort();
      expect(unnamed(rows.roles)).toEqual(unnamed(ofUsers));
      expect(new Set(ids(rows.roles)).size).toBe(ofUsers.length);
      expect(ids(rows.demographics)).toEqual(ids(files['demographics']));
    });
});

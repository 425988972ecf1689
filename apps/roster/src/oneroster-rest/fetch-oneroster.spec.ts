import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Spool } from '../feed/spool.js';
import type { Feed } from '../feed/feed.js';
import { rowCheck } from '../oneroster/check-row.js';
import type { Row } from '../oneroster/check-row.js';
import { columnsOf } from '../oneroster/columns.js';
import type { FileName } from '../oneroster/columns.js';
import { RosterMoved, fetchOneRoster } from './fetch-oneroster.js';
import { signatureBase } from './oauth1.js';
import { givenSis, send } from './sis.given.js';
import type { Sis, Trick } from './sis.given.js';
import type { Auth, OneRosterRestSettings } from './settings.js';

const secret = 'not-to-be-seen';
process.env['HEARBACK_SECRET_SIS'] = secret;
const held = { env: 'HEARBACK_SECRET_SIS' };
let sis: Sis;
let folder: string;

beforeEach(async () => {
  sis = await givenSis('1.2');
  folder = await mkdtemp(join(tmpdir(), 'spool-'));
});
afterEach(async () => {
  sis.close();
  await rm(folder, { recursive: true, force: true });
});

const oauth2 = (): Auth => ({ kind: 'oauth2', tokenUrl: sis.tokenUrl, clientId: 'us', secret: held });
const settings = (change: Partial<OneRosterRestSettings> = {}): OneRosterRestSettings => ({
  baseUrl: sis.baseUrl,
  version: '1.2',
  auth: oauth2(),
  pageSize: 10,
  timeoutMs: 300,
  ...change,
});
async function fetched(change: Partial<OneRosterRestSettings> = {}, since?: string): Promise<Feed> {
  const spool = await Spool.open(folder);
  const { signal } = new AbortController();
  const options = { signal, told: () => undefined, pauseMs: 1, ...(since && { since }) };
  return fetchOneRoster(settings(change), spool, options);
}
const rowsOf = async (feed: Feed, file: FileName): Promise<Row[]> => {
  const rows: Row[] = [];
  for await (const some of feed.files.find((one) => one.file === file)!.lines())
    for (const line of some) if ('row' in line) rows.push(line.row);
  return rows;
};
const problem = (change: Partial<OneRosterRestSettings> = {}): Promise<string> =>
  fetched(change).then(
    () => 'it was fetched',
    (error: Error) => error.message,
  );
/** Plays a trick on the first request, or the first few, for a collection. */
const once = (collection: string, times: number, trick: Trick): void => {
  let left = times;
  sis.trick = (request, response, url) => {
    if (!url.pathname.endsWith(`/${collection}`) || left === 0) return false;
    left -= 1;
    return trick(request, response, url);
  };
};
/** More organisations than a page holds. */
const many = (count: number): void => {
  for (let i = 0; i < count; i += 1)
    sis.data['orgs']!.push({
      sourcedId: `M${String(i).padStart(3, '0')}`,
      status: 'active',
      name: 'More',
      type: 'school',
    });
};

describe('a whole roster', () => {
  it.each(['1.1', '1.2'] as const)('of OneRoster %s has rows that keep every rule', async (version) => {
    if (version === '1.1') {
      sis.close();
      sis = await givenSis('1.1');
    }
    const feed = await fetched({ version });
    const files = feed.files.map(({ file }) => file);
    expect(files.includes('roles')).toBe(version === '1.2');
    expect(feed.files.every(({ mode }) => mode === 'bulk')).toBe(true);
    for (const file of files) {
      const check = rowCheck(
        columnsOf(file, version),
        () => undefined,
        () => undefined,
      );
      for (const row of await rowsOf(feed, file)) expect(check(row, 1)).toBeUndefined();
    }
    const [student] = await rowsOf(feed, 'users');
    expect(student).toMatchObject({
      sourcedId: '0007',
      enabledUser: 'true',
      grades: '03,04',
      agentSourcedIds: 'P1',
      ...(version === '1.1' && { role: 'student', orgSourcedIds: '0012' }),
    });
  });
  it('keeps no password, birth date or sex, not even on disk', async () => {
    await fetched();
    const text = await Promise.all(
      ['users', 'demographics'].map((file) => readFile(join(folder, `${file}.jsonl`), 'utf8')),
    );
    expect(text.join('')).not.toMatch(/hunter2|2016-01-01|female/);
  });
  it('gives each role an id that stays', async () => {
    const [role] = await rowsOf(await fetched(), 'roles');
    expect(role).toMatchObject({ sourcedId: '0007~0012~student~primary', userSourcedId: '0007' });
  });
  it.each(['count', 'link', 'none'] as const)(
    'is read to its end when pages are told by %s',
    async (paging) => {
      many(25);
      sis.paging = paging;
      expect(await rowsOf(await fetched(), 'orgs')).toHaveLength(27);
    },
  );
  it('may lack demographics, and says so', async () => {
    delete sis.data['demographics'];
    const feed = await fetched();
    expect(feed.files.map(({ file }) => file)).not.toContain('demographics');
  });
  it('does not come from a service without users', async () => {
    delete sis.data['users'];
    expect(await problem()).toMatch(/users: the service answers 404/);
  });
});

describe('what changed', () => {
  it('is asked for by dateLastModified, and is a delta', async () => {
    sis.data['users']!.push({
      ...sis.data['users']![2]!,
      sourcedId: 'T9',
      dateLastModified: '2026-11-20T00:00:00.000Z',
    });
    const feed = await fetched({}, '2026-11-01T00:00:00.000Z');
    expect(feed.files.every(({ mode }) => mode === 'delta')).toBe(true);
    expect((await rowsOf(feed, 'users')).map((row) => row['sourcedId'])).toEqual(['T9']);
    expect(sis.asked[0]!.searchParams.get('filter')).toBe("dateLastModified>='2026-11-01T00:00:00.000Z'");
  });
});

describe('a service that is busy', () => {
  it('with 429 in the middle is asked again after Retry-After, on the same page', async () => {
    many(25);
    const before = Date.now();
    let calls = 0;
    sis.trick = (_, response, url) => {
      if (!url.pathname.endsWith('/orgs') || (calls += 1) !== 2) return false;
      send(response, 429, {}, { 'retry-after': '1' });
      return true;
    };
    expect(await rowsOf(await fetched(), 'orgs')).toHaveLength(27);
    expect(Date.now() - before).toBeGreaterThan(950);
    expect(sis.asked.filter((url) => url.searchParams.get('offset') === '10')).toHaveLength(2);
  });
  it.each([503, 500])('with %i is asked again', async (status) => {
    once('users', 2, (_, response) => {
      send(response, status, {});
      return true;
    });
    expect(await rowsOf(await fetched(), 'users')).toHaveLength(5);
  });
  it('for ever is an error that names the collection and the row', async () => {
    sis.trick = (_, response, url) => {
      if (!url.pathname.endsWith('/classes')) return false;
      send(response, 503, {});
      return true;
    };
    expect(await problem()).toBe('classes, from row 1: the answer was 503, 5 times');
  });
  it('that breaks off goes on where it stopped, and asks for no page twice', async () => {
    many(25);
    sis.trick = (_, response, url) => {
      if (url.searchParams.get('offset') !== '20') return false;
      response.destroy();
      return true;
    };
    expect(await problem()).toMatch(/orgs, from row 21: the connection failed/);
    delete sis.trick;
    sis.asked = [];
    expect(await rowsOf(await fetched(), 'orgs')).toHaveLength(27);
    const offsets = sis.asked
      .filter((url) => url.pathname.endsWith('/orgs'))
      .map((url) => url.searchParams.get('offset'));
    expect(offsets).toEqual(['20']);
  });
  it('that broke off between users and their roles gives each role once', async () => {
    for (let i = 0; i < 15; i += 1)
      sis.data['users']!.push({ ...sis.data['users']![2]!, sourcedId: `U${String(i).padStart(2, '0')}` });
    const spool = await Spool.open(folder);
    const real = spool.append.bind(spool);
    spool.append = async (file, rows, next) => {
      if (file === 'users') throw new Error('died here');
      return real(file, rows, next);
    };
    const { signal } = new AbortController();
    const options = { signal, told: () => undefined, pauseMs: 1 };
    await expect(fetchOneRoster(settings(), spool, options)).rejects.toThrow('died here');
    const roles = (await rowsOf(await fetched(), 'roles')).map((row) => row['sourcedId']);
    expect([roles.length, new Set(roles).size]).toEqual([20, 20]);
  });
});

describe('never a short roster', () => {
  const page = (rows: unknown[], headers: Record<string, string>, collection = 'orgs'): void =>
    once(collection, 99, (_, response, url) => {
      const at = Number(url.searchParams.get('offset'));
      send(response, 200, { [collection]: at === 0 ? rows : [] }, headers);
      return true;
    });
  const org = { sourcedId: 'a', status: 'active', name: 'A', type: 'school' };
  it('when there are fewer rows than the total says', async () => {
    page([org], { 'x-total-count': '500' });
    expect(await problem()).toBe('orgs, from row 2: an empty page came, after 1 of 500 rows');
  });
  it('when there are more', async () => {
    page([org, { ...org, sourcedId: 'b' }], { 'x-total-count': '1' });
    expect(await problem()).toMatch(/2 rows came, and X-Total-Count says 1/);
  });
  it('when the total shrinks between pages: it must be begun anew', async () => {
    many(25);
    sis.trick = (_, __, url) => {
      if (url.searchParams.get('offset') === '10') sis.data['orgs']!.pop();
      return false;
    };
    await expect(fetched()).rejects.toThrow(RosterMoved);
  });
  it('when the same page comes again and again', async () => {
    many(25);
    sis.paging = 'none';
    once('orgs', 99, (_, response) => {
      send(response, 200, { orgs: sis.data['orgs']!.slice(0, 10) });
      return true;
    });
    expect(await problem()).toMatch(/the same page came again/);
  });
  it.each<[string, string, RegExp]>([
    ['an error page', '<html>Please sign in</html>', /is not JSON/],
    ['half a page', '{"orgs":[{"sourcedId":"a"', /is not JSON/],
    ['another collection', '{"schools":[]}', /has no list named orgs/],
    ['no list', '{"orgs":{}}', /has no list named orgs/],
  ])('when %s comes', async (_, body, expected) => {
    once('orgs', 99, (__, response) => {
      send(response, 200, body);
      return true;
    });
    expect(await problem()).toMatch(expected);
  });
  it('when no whole answer comes in time', async () => {
    once('orgs', 99, (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"orgs":[');
      return true;
    });
    expect(await problem({ timeoutMs: 100 })).toMatch(/no whole answer came within 100 ms/);
  });
});

describe('who asks', () => {
  it('renews a token that the service has forgotten, once', async () => {
    once('users', 1, (_, response) => {
      send(response, 401, {});
      return true;
    });
    await fetched();
    expect(sis.tokens).toBe(2);
  });
  it('is refused for good: the error names neither token nor secret', async () => {
    sis.trick = (_, response) => {
      send(response, 403, {});
      return true;
    };
    const message = await problem();
    expect(message).toMatch(/refuses who asks \(403\)/);
    expect(message).not.toMatch(new RegExp(`${secret}|token-`));
  });
  it('is shown by a key in a header', async () => {
    const seen: unknown[] = [];
    sis.trick = (request) => {
      seen.push(request.headers['x-api-key']);
      return false;
    };
    await fetched({ auth: { kind: 'proxy-key', header: 'x-api-key', secret: held } });
    expect(new Set(seen)).toEqual(new Set([secret]));
  });
  it('signs every request by OAuth 1, and no two alike', async () => {
    sis.close();
    sis = await givenSis('1.1');
    const nonces = new Set<string>();
    let wrong = 0;
    sis.trick = (request, _, url) => {
      const header = request.headers.authorization!;
      const own = [...header.matchAll(/(oauth_\w+)="([^"]*)"/g)].map(([, name, value]): [string, string] => [
        name!,
        decodeURIComponent(value!),
      ]);
      const signature = own.find(([name]) => name === 'oauth_signature')![1];
      const address = new URL(`${new URL(sis.baseUrl).origin}${url.pathname}${url.search}`);
      const base = signatureBase(
        'GET',
        address,
        own.filter(([name]) => name !== 'oauth_signature'),
      );
      if (createHmac('sha256', `${secret}&`).update(base).digest('base64') !== signature) wrong += 1;
      nonces.add(own.find(([name]) => name === 'oauth_nonce')![1]);
      return false;
    };
    await fetched({ version: '1.1', auth: { kind: 'oauth1', key: 'us', secret: held } });
    expect([wrong, nonces.size]).toEqual([0, sis.asked.length]);
  });
  it('makes the signature base that RFC 5849 shows in section 3.4.1.1', () => {
    // Its POST body's parameters stand in the query here, since the roster only reads.
    const url = new URL('http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b&c2=&a3=2+q');
    expect(
      signatureBase('POST', url, [
        ['oauth_consumer_key', '9djdj82h48djs9d2'],
        ['oauth_token', 'kkk9d7dh3k39sjv7'],
        ['oauth_signature_method', 'HMAC-SHA1'],
        ['oauth_timestamp', '137131201'],
        ['oauth_nonce', '7d8f3e4a'],
      ]),
    ).toBe(
      'POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7',
    );
  });
  it('carries nothing to another host', async () => {
    sis.paging = 'link';
    once('orgs', 99, (_, response) => {
      send(
        response,
        200,
        { orgs: sis.data['orgs'] },
        { link: '<https://elsewhere.example.org/x>; rel="next"' },
      );
      return true;
    });
    expect(await problem()).toMatch(/leads to another host/);
    once('orgs', 99, (_, response) => {
      send(response, 302, {}, { location: 'https://elsewhere.example.org/' });
      return true;
    });
    expect(await problem()).toMatch(/redirects \(302\)/);
  });
  it('needs a secret that is there', async () =>
    expect(
      await problem({ auth: { kind: 'proxy-key', header: 'x', secret: { env: 'HEARBACK_SECRET_NONE' } } }),
    ).toMatch(/set the variable HEARBACK_SECRET_NONE/));
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually, startDistrict } from '#testing';
import type { District } from '#testing';
import { actsIn, expectStatus } from './acts.js';
import type { Acts } from './acts.js';

/** What IT sees and what everybody else sees of it, from the first import on. */
let district: District;
let acts: Acts;
let auth: string;
const sample = join('deploy', 'demo', 'oneroster');
const io = '00417-051';

beforeAll(async () => {
  district = await startDistrict();
  acts = actsIn(district);
  auth = await district.token('it');
}, 150_000);
afterAll(() => district?.close(), 60_000);

interface Report {
  state: string;
  holds: { rule: string }[];
}

async function send(change: (name: string, text: string) => string): Promise<string> {
  const form = new FormData();
  for (const name of readdirSync(sample))
    form.append('file', new Blob([change(name, readFileSync(join(sample, name), 'utf8'))]), name);
  const url = `${district.url}/api/roster/imports`;
  const response = await fetch(url, { method: 'POST', body: form, headers: { authorization: auth } });
  expect(response.status).toBe(202);
  return ((await response.json()) as { importId: string }).importId;
}
const settled = (importId: string): Promise<Report> =>
  eventually(async () => {
    const { body } = await district.call<Report>('GET', `/api/roster/imports/${importId}`, { auth });
    return !['received', 'applying'].includes(body.state) && body;
  }, 'the import');
const say = (importId: string, what: string) =>
  district.call<{ importId: string }>('POST', `/api/roster/imports/${importId}/${what}`, {
    auth,
    body: { why: 'a test says so' },
  });
const withoutIo = (name: string, text: string): string =>
  name === 'orgs.csv'
    ? text
        .split('\n')
        .filter((line) => !line.startsWith(io))
        .join('\n')
    : text;

it('an import that would close a school is held, and IT hears of it by mail', async () => {
  const address = 'it@moon.example.org';
  const body = { name: 'Our SIS', kind: 'upload', alerts: { emails: [address] } };
  expectStatus(await district.call('PUT', '/api/roster/sources/files', { auth, body }), 200);
  const importId = await send(withoutIo);
  const { state, holds } = await settled(importId);
  expect({ state, rules: holds.map(({ rule }) => rule) }).toMatchObject({
    state: 'held',
    rules: expect.arrayContaining(['closed']),
  });
  const [mail] = await eventually(async () => {
    const mails = await acts.mailsTo(address);
    return mails.length > 0 && mails;
  }, 'the alert');
  expect(mail!.text).toContain(importId);
  expect(mail!.text).toContain(io);
  await acts.raise({ orgId: io });
  expect((await say(importId, 'discard')).status).toBeLessThan(300);
}, 60_000);

it('applied by a word it closes the school for everybody, and rolled back it is open again', async () => {
  const importId = await send(withoutIo);
  await settled(importId);
  await say(importId, 'apply');
  expect((await settled(importId)).state).toBe('applied');
  const refused = (): Promise<number> =>
    acts.raise({ orgId: io }).then(
      () => 201,
      () => 422,
    );
  await eventually(async () => (await refused()) === 422, 'intake to refuse the school');
  const { body } = await district.call<{ items: { importId: string; state: string }[] }>(
    'GET',
    '/api/roster/imports?limit=50',
    { auth },
  );
  const earlier = body.items.filter(({ state }) => state === 'applied').at(-1)!;
  const back = await say(earlier.importId, 'roll-back');
  expect((await settled(back.body.importId)).state).toBe('applied');
  await eventually(async () => (await refused()) === 201, 'intake to take input for it');
}, 90_000);

it('who belongs where is told under ids of our own, with nobody’s name, and on a topic that no service reads', async () => {
  const told = (await district.topics.readAll()).filter(({ topic }) => topic.endsWith('.people'));
  expect(told.length).toBeGreaterThan(50);
  const known = readFileSync(join(sample, 'users.csv'), 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.split(',')[0]!)
    .filter(Boolean);
  const text = told.map(({ key, value }) => `${key} ${value!}`).join('\n');
  expect(known.filter((id) => text.includes(`"${id}"`) || text.includes(`/${id} `))).toEqual([]);
});

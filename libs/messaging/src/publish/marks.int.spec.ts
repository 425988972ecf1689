import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually, realStack } from '#testing';
import type { Stack } from '#testing';
import { OrgsStore, WriterModule, changed, moon } from './orgs-writer.given.js';

let stack: Stack;
let store: OrgsStore;

beforeAll(async () => {
  stack = await realStack();
  const writer = await stack.service(WriterModule, 'roster');
  store = writer.app.get(OrgsStore, { strict: false });
}, 90_000);
afterAll(() => stack.close(), 60_000);

const marked = (id: string) => stack.db('roster').collection('orgs').findOne({ id });

it('the marks of many documents move in few commands', async () => {
  const db = stack.db('roster');
  await db.command({ profile: 2 });
  const ids = Array.from({ length: 200 }, (_, n) => `org-${n}`);
  await Promise.all(ids.map((id) => store.create(moon, id, [changed(id)])));
  await eventually(
    async () =>
      (await db.collection('orgs').countDocuments({ mark: 1, pending: { $exists: false } })) === 200,
    'all to be marked',
  );
  await db.command({ profile: 0 });
  const updates = await db.collection('system.profile').countDocuments({ op: 'update', ns: /orgs$/ });
  expect(updates).toBeLessThan(20);
});

it('a mark moves on, and pending goes only once nothing is unpublished', async () => {
  await store.create(moon, 'twice', [changed('twice')]);
  for (let n = 1; n < 30; n += 1) await store.change(moon, 'twice', () => [changed('twice', String(n))]);
  await eventually(async () => (await marked('twice'))?.['mark'] === 30, 'the last mark');
  expect(await marked('twice')).toMatchObject({ count: 30, mark: 30 });
  expect(await marked('twice')).not.toHaveProperty('pending');
});

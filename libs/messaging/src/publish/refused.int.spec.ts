import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ConfigResourceTypes } from 'kafkajs';
import type { Admin } from 'kafkajs';
import { eventually, realStack } from '#testing';
import type { RunningService, Stack } from '#testing';
import { kafkaClient } from '../kafka/kafka.js';
import { TestTopics } from '../kafka/test-topics.js';
import { topicOf } from '../kafka/topics.js';
import { OrgsStore, WriterModule, changed, moon } from './orgs-writer.given.js';

let stack: Stack;
let writer: RunningService;
let store: OrgsStore;
let admin: Admin;
const topics = new TestTopics();

beforeAll(async () => {
  stack = await realStack();
  writer = await stack.service(WriterModule, 'roster');
  store = writer.app.get(OrgsStore, { strict: false });
  admin = kafkaClient('test').admin();
  await admin.connect();
}, 90_000);
afterAll(async () => {
  await topics.close();
  await admin.disconnect();
  await stack.close();
}, 60_000);

const orgs = () => stack.db('roster').collection('orgs');
const published = async (id: string): Promise<boolean> =>
  (await orgs().findOne({ id }))?.['pending'] === undefined;
const sent = async (id: string): Promise<number> =>
  (await topics.readAll()).filter(({ headers }) => String(headers['ce_key']) === id).length;

/** The largest batch that the broker takes on roster's topic, in bytes. */
const takes = (bytes: number): Promise<unknown> =>
  admin.alterConfigs({
    validateOnly: false,
    resources: [
      {
        type: ConfigResourceTypes.TOPIC,
        name: topicOf('roster'),
        configEntries: [{ name: 'max.message.bytes', value: String(bytes) }],
      },
    ],
  });

it('a document with more than a broker takes at once goes in several sends', async () => {
  const names = Array.from({ length: 2_500 }, (_, n) => changed('large', `${n} ${'Ganymede '.repeat(30)}`));
  await store.create(moon, 'large', names);
  await store.create(moon, 'beside', [changed('beside')]);
  await eventually(async () => (await published('large')) && (await published('beside')), 'both', 20_000);
  expect(await sent('large')).toBe(2_500);
}, 60_000);

it('what the broker refuses keeps nothing else from it, and goes when the broker takes it', async () => {
  await takes(1_100);
  const ids = Array.from({ length: 20 }, (_, n) => `small-${n}`);
  await Promise.all([
    ...ids.map((id) => store.create(moon, id, [changed(id)])),
    store.create(moon, 'wide', [changed('wide'), changed('wide', '\u4eac'.repeat(300)), changed('wide')]),
  ]);
  await eventually(
    async () => (await Promise.all(ids.map(published))).every(Boolean),
    'the small ones',
    20_000,
  );
  await eventually(
    async () => (await orgs().findOne({ id: 'wide' }))?.['mark'] === 1,
    'what comes before it',
  );
  expect((await writer.call('GET', '/health/ready')).status).toBe(200);
  expect(await published('wide')).toBe(false);
  await takes(1_048_588);
  await eventually(() => published('wide'), 'the sweep', 20_000);
  expect(await sent('wide')).toBeGreaterThanOrEqual(3);
}, 90_000);

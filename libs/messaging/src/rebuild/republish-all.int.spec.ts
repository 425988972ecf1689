import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import type { AnswerDelivered, HearbackEvent, InputErased, InputRaised } from '#contracts';
import { trustedDistrict } from '#platform';
import { eventually, realStack } from '#testing';
import type { RunningService, Stack } from '#testing';
import { AggregateStore, Messaging, MessagingModule, Runtime, TestTopics } from '../index.js';
import type { Aggregate, RawMessage } from '../index.js';
import type { RepublishAll } from './republish-all.js';

/** An owner of inputs that only counts its events. */
type Event = InputRaised | AnswerDelivered | InputErased;
const inputsAggregate: Aggregate<{ events: number }, Event> = {
  name: 'inputs',
  evolve: (state) => ({ events: (state?.events ?? 0) + 1 }),
};

@Injectable()
class InputStore extends AggregateStore<{ events: number }, Event> {
  constructor(messaging: Messaging) {
    super(messaging, inputsAggregate);
  }
}

@Module({
  imports: [MessagingModule.forService({ service: 'intake', stores: [InputStore], reads: {}, topics: [] })],
})
class OwnerModule {}

const moon = trustedDistrict('moon');
const mars = trustedDistrict('mars');
const at = '2026-11-22T08:00:00.000Z';
const count = 130;

let stack: Stack;
let service: RunningService;
let store: InputStore;
let messaging: Messaging;
let all: RepublishAll;
const topics = new TestTopics();

function raised(inputId: string): InputRaised {
  const rest = { role: 'family', language: 'en', anonymous: true, reachable: false } as const;
  return {
    ...{ type: 'input.raised', inputId, origin: 'intake', orgId: '00417', kind: 'concern', ...rest },
    ...{ topic: 'transport', lane: 'open', voices: 1, notSeenBy: [], raisedAt: at, sealed: 'x..x.x.x' },
  };
}
const delivered = (inputId: string): AnswerDelivered => ({
  type: 'answer.delivered',
  inputId,
  answerNo: 1,
  how: 'receipt',
  at,
});
const id = (n: number): string => `input-${String(n).padStart(3, '0')}`;

beforeAll(async () => {
  stack = await realStack();
  service = await stack.service(OwnerModule, 'intake');
  store = service.app.get(InputStore, { strict: false });
  messaging = service.app.get(Messaging, { strict: false });
  all = service.app.get(Runtime, { strict: false }).republishAll!;
  for (let n = 0; n < count; n += 1) await store.create(moon, id(n), [raised(id(n)), delivered(id(n))]);
  await store.create(mars, 'martian', [raised('martian')]);
  await eventually(async () => (await events()).length === 2 * count + 1, 'everything to be published');
}, 60_000);
afterAll(async () => {
  await topics.close();
  await stack.close();
}, 60_000);

async function on(topic: string): Promise<RawMessage[]> {
  return (await topics.readAll()).filter((one) => one.topic.endsWith(`.${topic}`));
}
const events = () => on('intake');
const done = (request: string) =>
  eventually(
    async () =>
      (await on('republish')).some(({ value }) => value?.includes(request) && value.includes('"done":true')),
    `the answer to ${request}`,
  );

it('sends every event of the district again, same ids and numbers, and tells how many', async () => {
  await all.asked('first', 'moon');
  await done('first');
  const ids = (await events()).map(({ headers }) => headers['ce_id']);
  expect(ids).toHaveLength(4 * count + 1);
  expect(new Set(ids).size).toBe(2 * count + 1);
  const last = (await on('republish')).at(-1)!.value!;
  expect(JSON.parse(last)).toEqual({
    answer: 'first',
    from: 'intake',
    documents: count,
    events: 2 * count,
    done: true,
  });
});

it('answers a repeat of the request without sending anything', async () => {
  const [before, answers] = [(await events()).length, (await on('republish')).length];
  await all.asked('first', 'moon');
  await eventually(async () => (await on('republish')).length === answers + 1, 'an answer');
  expect((await events()).length).toBe(before);
});

it('goes on after the last page that Kafka has, when its instance died', async () => {
  const timesOf = async (n: number): Promise<number> =>
    (await events()).filter(({ headers }) => headers['ce_key'] === id(n)).length;
  const [sent, early, late] = [(await events()).length, await timesOf(99), await timesOf(100)];
  const after = { store: 'inputs', id: `moon/${id(99)}` };
  await stack
    .db('intake')
    .collection<{ _id: string }>('republishings')
    .insertOne({
      ...{ _id: 'resumed', district: 'moon', after, documents: 100, events: 200, askedAt: new Date() },
    });
  // Asked again, so that it is looked at now.
  await all.asked('resumed', 'moon');
  await done('resumed');
  expect((await events()).length).toBe(sent + 60);
  expect([await timesOf(99), await timesOf(100)]).toEqual([early, late + 2]);
});

it('never leaves the key of someone erased as the last word of the keys', async () => {
  const secret = 'v1.wrapped';
  await store.create(moon, 'leaving', [raised('leaving')], { secret });
  await eventually(async () => (await on('keys')).some(({ key }) => key === 'moon/leaving'), 'its key');
  // Erased after the page was read, before it is sent.
  const publisher = messaging.publisher!;
  const resend = publisher.resend.bind(publisher);
  publisher.resend = async (documents) => {
    publisher.resend = resend;
    const erased: HearbackEvent = { type: 'input.erased', inputId: 'leaving', at };
    await store.change(moon, 'leaving', () => [erased]);
    await eventually(
      async () => (await on('keys')).some(({ key, value }) => key === 'moon/leaving' && value === null),
      'the tombstone',
    );
    await resend(documents);
  };
  const { _id } = (await stack
    .db('intake')
    .collection('inputs')
    .findOne({ id: id(129) }))!;
  const after = { store: 'inputs', id: String(_id) };
  await stack
    .db('intake')
    .collection<{ _id: string }>('republishings')
    .insertOne({
      ...{ _id: 'erasing', district: 'moon', after, documents: 0, events: 0, askedAt: new Date() },
    });
  await all.asked('erasing', 'moon');
  await done('erasing');
  const keys = (await on('keys')).filter(({ key }) => key === 'moon/leaving').map(({ value }) => value);
  expect(keys).toEqual([secret, null, secret, null]);
});

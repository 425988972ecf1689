import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import type { Collection, Db, Document } from 'mongodb';
import type { Kafka, ProducerBatch } from 'kafkajs';
import { trustedDistrict } from '#platform';
import type { Leases } from '#platform';
import type { Published } from '../store/document.js';
import { EventPublisher } from './publisher.js';
import { Sweep } from './sweep.js';

process.env['HEARBACK_SECRET'] ??= 'ab'.repeat(32);

const sends: { at: number; messages: number; keys: string[]; values: unknown[] }[] = [];
let kafkaIsAway = false;
const producer = {
  connect: () => Promise.resolve(),
  disconnect: () => Promise.resolve(),
  sendBatch: ({ topicMessages }: ProducerBatch) => {
    if (kafkaIsAway) return Promise.reject(new Error('Kafka is away'));
    const keys = topicMessages!.flatMap(({ messages }) => messages.map(({ key }) => String(key)));
    const values = topicMessages!.flatMap(({ messages }) => messages.map(({ value }) => value));
    sends.push({ at: performance.now(), messages: keys.length, keys, values });
    return Promise.resolve();
  },
};
/** What is written and not marked as published, as the sweep finds it; a mark that is moved takes it out. */
let pending: Published[] = [];
const found = {
  project: () => found,
  sort: () => found,
  limit: () => found,
  toArray: () => Promise.resolve(pending),
};
const collection = {
  collectionName: 'inputs',
  updateMany: ({ _id }: { _id: { $in: string[] } }) => {
    pending = pending.filter((one) => !_id.$in.includes(one._id));
    return Promise.resolve({ matchedCount: _id.$in.length });
  },
  findOne: () => Promise.resolve(pending[0] ?? null),
  find: () => found,
} as unknown as Collection<Document>;
let publisher: EventPublisher;

// The clock is the test's own: how long building a send takes on a slow machine says nothing about the pause.
beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** A send starts a turn of the event loop after its pause, and the clock below goes on by so much a turn. */
const turnMs = 1;

async function started(limit?: number): Promise<void> {
  sends.length = 0;
  publisher = new EventPublisher({ producer: () => producer } as unknown as Kafka, 'intake', limit);
  await publisher.start();
}

async function sendsAre(count: number): Promise<void> {
  for (let ms = 0; sends.length < count && ms < 2_000; ms += turnMs)
    await jest.advanceTimersByTimeAsync(turnMs);
}

async function stopped(): Promise<void> {
  const stopping = publisher.stop();
  await jest.advanceTimersByTimeAsync(5_000);
  await stopping;
}

function written(n: number): Published {
  const event = { n: 1, type: 'input.withdrawn', key: `i${n}`, seq: 1, time: '', data: {} };
  return { _id: `d/i${n}`, district: trustedDistrict('d'), events: [event], count: 1, mark: 0 };
}

/** Offers so many at once, then one more. @returns ms between the two sends. */
async function between(first: number): Promise<number> {
  await started();
  for (let n = 0; n < first; n += 1) publisher.offer(collection, written(n));
  await sendsAre(1);
  publisher.offer(collection, written(first));
  await sendsAre(2);
  await stopped();
  return sends[1]!.at - sends[0]!.at;
}

it('pauses between sends by how much is sent, and 80 ms at most', async () => {
  expect(await between(1)).toBe(turnMs);
  expect(await between(10)).toBe(36 + turnMs);
  expect(await between(100)).toBe(80 + turnMs);
  expect(sends.map(({ messages }) => messages)).toEqual([100, 1]);
});

it('a backlog waits for nothing', async () => {
  expect(await between(2_000)).toBe(0);
  expect(sends.slice(0, 2).map(({ messages }) => messages)).toEqual([500, 500]);
});

it('without Kafka it keeps so many documents and no more; the sweep finds the others when Kafka is back', async () => {
  await started(3);
  const db = { command: () => Promise.resolve({ localTime: new Date() }) } as unknown as Db;
  const leases = { hold: () => Promise.resolve(true) } as unknown as Leases;
  const sweep = new Sweep(db, () => [collection], publisher, leases);
  pending = Array.from({ length: 8 }, (_, n) => written(n));
  const ids = pending.map(({ _id }) => _id);
  kafkaIsAway = true;
  for (const one of pending) publisher.offer(collection, one);
  await sweep.sweepAll();
  expect(publisher.waiting).toBe(3);
  expect(ids.filter((id) => publisher.knows(collection, id))).toEqual(ids.slice(0, 3));

  kafkaIsAway = false;
  await jest.advanceTimersByTimeAsync(2_000);
  expect(sends.flatMap(({ keys }) => keys)).toEqual(ids.slice(0, 3));
  for (let pass = 1; pass <= 2; pass += 1) {
    await sweep.sweepAll();
    expect(publisher.waiting).toBeLessThanOrEqual(3);
    await jest.advanceTimersByTimeAsync(2_000);
  }
  expect(sends.flatMap(({ keys }) => keys)).toEqual(ids);
  expect(pending).toEqual([]);
  await stopped();
});

it('a large document goes in several sends, in order, each below what a broker takes', async () => {
  await started();
  const large = written(0);
  const data = { text: 'x'.repeat(400_000) };
  large.events = [1, 2, 3].map((n) => ({ ...large.events[0]!, n, seq: n, data: { ...data, n } }));
  publisher.offer(collection, { ...large, count: 3 });
  publisher.offer(collection, written(1));
  await sendsAre(2);
  expect(
    sends.map(({ values }) => values.map((value) => JSON.parse(String(value)) as { n?: number })),
  ).toEqual([
    [expect.objectContaining({ n: 1 }), expect.objectContaining({ n: 2 })],
    [expect.objectContaining({ n: 3 }), {}],
  ]);
  await stopped();
});

it('an event that this build does not know holds back what follows it in its document, and nothing else', async () => {
  await started();
  const sung = written(0);
  const [first] = sung.events as [Published['events'][0]];
  sung.events.push({ ...first, n: 2, seq: 2, type: 'input.sung' }, { ...first, n: 3, seq: 3 });
  publisher.offer(collection, { ...sung, count: 3 });
  publisher.offer(collection, written(1));
  await sendsAre(1);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(sends.map(({ keys }) => keys)).toEqual([['d/i0', 'd/i1']]);
  expect(publisher.waiting).toBe(0);
  expect(publisher.trouble()).toBeUndefined();
  await stopped();
});

it('a key that waited while its input was erased is not the last word', async () => {
  await started();
  const raised = { n: 1, type: 'input.raised', key: 'i9', seq: 1, time: '', data: {} };
  kafkaIsAway = true;
  publisher.offer(collection, { ...written(9), events: [raised], secret: 'wrapped' });
  await jest.advanceTimersByTimeAsync(1_500);
  // Another instance has taken the words back, and sent the tombstone.
  pending = [
    { ...written(9), events: [raised, { ...raised, n: 2, seq: 2, type: 'input.erased' }], count: 2 },
  ];
  kafkaIsAway = false;
  await jest.advanceTimersByTimeAsync(1_000);
  expect(sends.flatMap(({ values }) => values)).toEqual(['wrapped', '{}', null]);
  await stopped();
});

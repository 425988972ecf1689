import { afterEach, expect, it } from '@jest/globals';
import type { Collection, Document } from 'mongodb';
import type { Kafka, ProducerBatch } from 'kafkajs';
import { trustedDistrict } from '#platform';
import type { Published } from '../store/document.js';
import { EventPublisher } from './publisher.js';

process.env['HEARBACK_SECRET'] ??= 'ab'.repeat(32);

const sends: { at: number; messages: number }[] = [];
const producer = {
  connect: () => Promise.resolve(),
  disconnect: () => Promise.resolve(),
  sendBatch: ({ topicMessages }: ProducerBatch) => {
    const messages = topicMessages!.reduce((sum, one) => sum + one.messages.length, 0);
    sends.push({ at: performance.now(), messages });
    return Promise.resolve();
  },
};
const collection = {
  collectionName: 'inputs',
  updateMany: () => Promise.resolve({ matchedCount: 0 }),
} as unknown as Collection<Document>;
let publisher: EventPublisher;

afterEach(() => publisher.stop());

async function started(): Promise<void> {
  sends.length = 0;
  publisher = new EventPublisher({ producer: () => producer } as unknown as Kafka, 'intake');
  await publisher.start();
}

async function sendsAre(count: number): Promise<void> {
  const until = performance.now() + 2_000;
  while (sends.length < count && performance.now() < until) await new Promise(setImmediate);
}

function written(n: number): Published {
  const event = { n: 1, type: 'input.withdrawn', key: `i${n}`, seq: 1, time: '', data: {} };
  return { _id: `d/i${n}`, district: trustedDistrict('d'), events: [event], count: 1, mark: 0 };
}

/** Offers so many at once, then one more. @returns when which sends went out, from the first on. */
async function sent(first: number): Promise<{ at: number; messages: number }[]> {
  await started();
  for (let n = 0; n < first; n += 1) publisher.offer(collection, written(n));
  await sendsAre(1);
  publisher.offer(collection, written(first));
  await sendsAre(2);
  return sends.map(({ at, messages }) => ({ at: at - sends[0]!.at, messages }));
}

it('pauses between sends by how much is sent, and 80 ms at most', async () => {
  for (const [first, least, most] of [
    [1, 0, 25],
    [10, 36, 60],
    [100, 80, 110],
  ] as const) {
    const sends = await sent(first);
    expect(sends.map(({ messages }) => messages)).toEqual([first, 1]);
    expect(sends[1]!.at).toBeGreaterThan(least - 1);
    expect(sends[1]!.at).toBeLessThan(most);
    await publisher.stop();
  }
});

it('a backlog waits for nothing', async () => {
  await started();
  for (let n = 0; n < 2_000; n += 1) publisher.offer(collection, written(n));
  await sendsAre(2);
  expect(sends[1]!.at - sends[0]!.at).toBeLessThan(30);
});

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

/** Offers so many at once, then one more. @returns ms between the two sends: the least of three tries. */
async function between(first: number): Promise<number> {
  const times: number[] = [];
  for (let time = 0; time < 3; time += 1) {
    await started();
    for (let n = 0; n < first; n += 1) publisher.offer(collection, written(n));
    await sendsAre(1);
    publisher.offer(collection, written(first));
    await sendsAre(2);
    times.push(sends[1]!.at - sends[0]!.at);
    await publisher.stop();
  }
  return Math.min(...times);
}

it('pauses between sends by how much is sent, and 80 ms at most', async () => {
  expect(await between(1)).toBeLessThan(35);
  expect(await between(10)).toBeGreaterThan(35);
  expect(await between(100)).toBeGreaterThan(79);
  expect(sends.map(({ messages }) => messages)).toEqual([100, 1]);
});

it('a backlog waits for nothing', async () => {
  expect(await between(2_000)).toBeLessThan(75);
  expect(sends.slice(0, 2).map(({ messages }) => messages)).toEqual([500, 500]);
});

import { beforeEach, expect, it } from '@jest/globals';
import type { Kafka } from 'kafkajs';
import { LagWatch } from './lag-watch.js';

/** What Kafka answers: how far the group has committed, and where the partition ends. */
let committed: string;
let high: string;
const done = () => Promise.resolve();
const kafka = {
  admin: () => ({
    connect: done,
    disconnect: done,
    fetchOffsets: () =>
      Promise.resolve([{ topic: 't', partitions: [{ partition: 0, offset: committed, metadata: null }] }]),
    fetchTopicOffsets: () => Promise.resolve([{ partition: 0, low: '0', high, offset: high }]),
  }),
} as unknown as Kafka;
let watch: LagWatch;
const look = (at: number, ofKafka: [committed: number, high: number], taken = new Map<string, bigint>()) => {
  [committed, high] = ofKafka.map(String) as [string, string];
  return watch.look({ t: [0] }, taken, at);
};

beforeEach(() => {
  watch = new LagWatch(kafka, 'g');
});

it('a consumer that is always a little behind, and moves, does not stand still', async () => {
  expect(await look(1_000, [90, 100])).toBeUndefined();
  expect(await look(2_000, [190, 200])).toBeUndefined();
  expect(await look(3_000, [290, 300])).toBeUndefined();
});
it('one that is seen twice in the same place stands since the first time', async () => {
  expect(await look(1_000, [90, 100])).toBeUndefined();
  expect(await look(2_000, [90, 150])).toBe(1_000);
  expect(await look(3_000, [90, 160])).toBe(1_000);
  expect(await look(4_000, [91, 160])).toBeUndefined();
});
it('one that has committed nothing stands, too', async () => {
  expect(await look(1_000, [-1, 100])).toBeUndefined();
  expect(await look(2_000, [-1, 100])).toBe(1_000);
});
it('one that has taken everything does not', async () => {
  await look(1_000, [100, 100]);
  expect(await look(2_000, [100, 100])).toBeUndefined();
});
it('nor one that could not commit what it has taken', async () => {
  const taken = new Map([['t/0', 100n]]);
  await look(1_000, [90, 100], taken);
  expect(await look(2_000, [90, 100], taken)).toBeUndefined();
  expect(await look(3_000, [90, 101], taken)).toBeUndefined();
  expect(await look(4_000, [90, 101], taken)).toBe(3_000);
});
it('what was seen before a rebalance says nothing after it', async () => {
  await look(1_000, [90, 100]);
  watch.forget();
  expect(await look(2_000, [90, 100])).toBeUndefined();
});

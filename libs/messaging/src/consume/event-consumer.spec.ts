import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { ConsumerRunConfig, EachBatchPayload, Kafka } from 'kafkajs';
import type { Batch } from './batch.js';
import { EventConsumer } from './event-consumer.js';

process.env['HEARBACK_SECRET'] ??= 'ab'.repeat(32);

type Listener = (event: { payload?: object }) => void;

const listeners = new Map<string, Listener>();
const nothing = () => Promise.resolve();
let running: ConsumerRunConfig = {};
const client = {
  on: (name: string, listener: Listener) => listeners.set(name, listener),
  connect: nothing,
  subscribe: nothing,
  run: (options: ConsumerRunConfig) => {
    running = options;
    return nothing();
  },
  commitOffsets: nothing,
  stop: nothing,
  disconnect: nothing,
};
const kafka = { consumer: () => client } as unknown as Kafka;
const deaths: string[] = [];
let consumer: EventConsumer;

beforeEach(async () => {
  deaths.length = 0;
  const other = () => Promise.resolve(false);
  const batch: Pick<Batch, 'take'> = { take: nothing };
  consumer = new EventConsumer(kafka, 'intake', ['t'], batch, other, (reason) => deaths.push(reason));
  await consumer.start();
  tell('consumer.group_join', {});
});
afterEach(() => consumer.stop());

function tell(name: string, payload: object): void {
  listeners.get(name)!({ payload });
}

it('Kafka may be down for as long as it likes: not ready, and the process stays to take commands', () => {
  const error = Object.assign(new Error('connect ECONNREFUSED'), { name: 'KafkaJSNumberOfRetriesExceeded' });
  tell('consumer.crash', { error, restart: true });
  expect(consumer.trouble()).toContain('ECONNREFUSED');
  expect(deaths).toEqual([]);
  tell('consumer.group_join', {});
  expect(consumer.trouble()).toBeUndefined();
});

it('a crash that kafkajs does not restart ends the process', () => {
  tell('consumer.crash', { error: new Error('a bug'), restart: false });
  expect(deaths).toEqual(['the consumer crashed: a bug']);
});

/** Milliseconds until a batch of so many events is done, and kafkajs would fetch the next: the shortest of three. */
async function taken(events: number, left = 0): Promise<number> {
  const messages = Array.from({ length: events }, () => ({}));
  const batch = { topic: 't', partition: 0, messages, lastOffset: () => '1', offsetLag: () => String(left) };
  const calls = {
    resolveOffset: () => undefined,
    heartbeat: nothing,
    isRunning: () => true,
    isStale: () => false,
  };
  const times: number[] = [];
  for (let time = 0; time < 3; time += 1) {
    const begun = performance.now();
    await running.eachBatch!({ batch, ...calls } as unknown as EachBatchPayload);
    times.push(performance.now() - begun);
  }
  return Math.min(...times);
}

it('waits a moment before the next fetch, the longer the more came, so that batches are few', async () => {
  expect(await taken(1)).toBeGreaterThan(25);
  expect(await taken(100)).toBeGreaterThan(100);
  expect(await taken(100_000)).toBeLessThan(1_000);
});

it('does not wait while Kafka has more than a fetch brings', async () => {
  expect(await taken(500, 1)).toBeLessThan(100);
});

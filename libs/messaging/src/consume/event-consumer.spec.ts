import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Kafka } from 'kafkajs';
import type { Batch } from './batch.js';
import { EventConsumer } from './event-consumer.js';

process.env['HEARBACK_SECRET'] ??= 'ab'.repeat(32);

type Listener = (event: { payload?: object }) => void;

const listeners = new Map<string, Listener>();
const nothing = () => Promise.resolve();
const client = {
  on: (name: string, listener: Listener) => listeners.set(name, listener),
  connect: nothing,
  subscribe: nothing,
  run: nothing,
  stop: nothing,
  disconnect: nothing,
};
const kafka = { consumer: () => client } as unknown as Kafka;
const deaths: string[] = [];
let consumer: EventConsumer;

beforeEach(async () => {
  deaths.length = 0;
  const other = () => Promise.resolve(false);
  consumer = new EventConsumer(kafka, 'intake', ['t'], {} as Batch, other, (reason) => deaths.push(reason));
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

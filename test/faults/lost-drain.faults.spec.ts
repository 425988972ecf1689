import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { isInfrastructureFailure } from '#platform';
import { engines, startProxy } from '#testing';
import type { Engines, Proxy } from '#testing';

/** The driver, as the platform has mended it (libs/platform/src/mongo/lost-drain.ts). */
let running: Engines;
let proxy: Proxy;
let client: MongoClient;

beforeAll(async () => {
  running = await engines();
  const { host } = new URL(running.mongo);
  proxy = await startProxy(Number(host.split(':')[1]));
  // The monitor gives up after a second, and closes what is in use: no socket says 'error' then.
  const options = {
    heartbeatFrequencyMS: 500,
    connectTimeoutMS: 1_000,
    serverSelectionTimeoutMS: 2_000,
    retryWrites: false,
  };
  client = new MongoClient(`mongodb://127.0.0.1:${proxy.port}/?directConnection=true`, options);
  await client.connect();
}, 120_000);
afterAll(async () => {
  await client.close(true);
  await proxy.close();
  await running.stop();
});

/** What becomes of a write that the socket does not take at once. */
async function outcome(spoil: () => void): Promise<unknown> {
  const letters = client.db('lost-drain').collection('letters');
  await letters.insertOne({ text: 'warm' });
  proxy.set({ hangs: true });
  const written = letters.insertOne({ text: 'x'.repeat(15_000_000) }).then(
    () => 'written',
    (error: unknown) => (isInfrastructureFailure(error) ? 'a lost database' : error),
  );
  spoil();
  const late = new Promise((resolve) => setTimeout(() => resolve('in hand for ever'), 15_000).unref());
  return Promise.race([written, late]);
}

it('a write that the socket did not take ends when its connection is closed by this side', async () => {
  expect(await outcome(() => undefined)).toBe('a lost database');
}, 30_000);

it('and is a lost connection when the other side breaks it off', async () => {
  proxy.set({});
  expect(await outcome(() => setTimeout(() => proxy.cut(), 300))).toBe('a lost database');
}, 30_000);

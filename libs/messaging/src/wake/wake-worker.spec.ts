import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { trustedDistrict } from '#platform';
import type { Leases } from '#platform';
import type { AnyStore } from '../consume/effects.js';
import { WakeWorker } from './wake-worker.js';

const moon = trustedDistrict('moon');
const leases = { hold: () => Promise.resolve(true) } as unknown as Leases;
/** Documents in the order in which they are due, and what has become of them. */
let due: string[] = [];
const told: string[] = [];
const store = {
  name: 'cases',
  waking: (_: Date, limit: number) =>
    Promise.resolve(due.slice(0, limit).map((id) => ({ district: moon, id }))),
  change: (_: unknown, id: string, decide: (state: unknown) => readonly object[]) => {
    if (decide({}).length > 0) {
      told.push(id);
      due = due.filter((one) => one !== id);
    }
    return Promise.resolve({ state: {} });
  },
} as unknown as AnyStore;

beforeEach(() => {
  jest.useFakeTimers();
  told.length = 0;
});
afterEach(() => void jest.useRealTimers());

it.each([
  ['have nothing to do', () => []],
  [
    'fail',
    () => {
      throw new Error('no');
    },
  ],
])('documents that are due and %s keep no other from its turn', async (_, act) => {
  due = [...Array.from({ length: 250 }, (_, n) => `idle-${n}`), 'late'];
  const wake = (_: unknown, __: string, id: string) => (id === 'late' ? [{ type: 'target.missed' }] : act());
  const worker = new WakeWorker([{ store, wake }], leases);
  worker.start();
  await jest.advanceTimersByTimeAsync(8_000);
  expect(told).toEqual(['late']);
  await worker.stop();
});

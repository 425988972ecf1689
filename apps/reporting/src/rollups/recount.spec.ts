import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import type { RowStore } from '../ledger/row.store.js';
import { Recount } from './recount.js';
import type { RollUpStore } from './rollup.store.js';

process.env['HEARBACK_SECRET'] ??= 'ab'.repeat(32);

/** How often the dirty rows were asked for, of which there are none here. */
function recounting(): { recount: Recount; passes: () => number } {
  let asked = 0;
  const dirty = (): object[] => {
    asked += 1;
    return [];
  };
  const rows = { dirty } as unknown as RowStore;
  return { recount: new Recount(rows, {} as RollUpStore), passes: () => asked };
}

it('waits with a pass for a pause of the events, however long a batch of them takes', async () => {
  const { recount, passes } = recounting();
  for (let n = 0; n < 12; n += 1) {
    recount.soon();
    await pause(100);
  }
  expect(passes()).toBe(0);
  await pause(700);
  expect(passes()).toBeGreaterThan(0);
  await recount.beforeApplicationShutdown();
});

it('does not wait for ever', async () => {
  const { recount, passes } = recounting();
  for (let n = 0; n < 60 && passes() === 0; n += 1) {
    recount.soon();
    await pause(100);
  }
  expect(passes()).toBe(1);
  await recount.beforeApplicationShutdown();
}, 10_000);

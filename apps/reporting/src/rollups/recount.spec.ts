import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import type { RowStore } from '../ledger/row.store.js';
import { Recount } from './recount.js';
import type { RollUpStore } from './rollup.store.js';

process.env['HEARBACK_SECRET'] ??= 'ab'.repeat(32);

/** How often the dirty rows were asked for, of which there are none here, and it takes so long to find that out. */
function recounting(takesMs = 0): { recount: Recount; passes: () => number } {
  let asked = 0;
  const dirty = async function* (): AsyncGenerator<object> {
    asked += 1;
    if (takesMs > 0) await pause(takesMs);
    yield* [];
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

it('rests after a long pass as long as events come, and no longer', async () => {
  const { recount, passes } = recounting(2_500);
  const until = async (isOver: () => boolean): Promise<void> => {
    while (!isOver()) {
      recount.soon();
      await pause(100);
    }
  };
  recount.soon();
  await pause(700);
  expect(passes()).toBe(1);
  const begun = Date.now();
  await until(() => Date.now() > begun + 8_600);
  expect(passes()).toBe(1);
  await pause(1_200);
  expect(passes()).toBe(2);
  await recount.beforeApplicationShutdown();
}, 20_000);

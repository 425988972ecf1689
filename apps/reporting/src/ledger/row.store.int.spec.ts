import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { trustedDistrict } from '#platform';
import { realStack } from '#testing';
import type { Stack } from '#testing';
import { ReportingModule } from '../reporting.module.js';
import { Recount } from '../rollups/recount.js';
import { RowStore } from './row.store.js';
import { factOf } from './facts.js';
import type { LedgerEvent } from './facts.js';
import { raised } from '../reporting.int.events.js';

const moon = trustedDistrict('moon');
const known = 250;

let stack: Stack;
let rows: RowStore;

beforeAll(async () => {
  stack = await realStack();
  const service = await stack.service(ReportingModule, 'reporting');
  await service.app.get(Recount, { strict: false }).beforeApplicationShutdown();
  rows = service.app.get(RowStore, { strict: false });
  await Promise.all(
    Array.from({ length: known }, (_, i) => {
      const fact = factOf(raised(`input-${i}`) as LedgerEvent, 'intake', 1);
      return rows.create(moon, `input-${i}`, [{ type: 'learned', fact }]);
    }),
  );
}, 60_000);
afterAll(async () => stack?.close(), 60_000);

it('reads every row of a roll-up, however many others mark and clean them meanwhile', async () => {
  const collection = stack.db('reporting').collection('rows');
  let reading = true;
  const others = (async () => {
    while (reading) {
      await rows.clean(await Array.fromAsync(rows.dirty(moon, known / 2)));
      await collection.updateMany({}, { $set: { 'state.dirty': true, 'index.dirty': true } });
    }
  })();
  const all = { from: 0, to: Number.MAX_SAFE_INTEGER };
  const read = new Set<number>();
  for (let look = 0; look < 150; look += 1)
    read.add((await rows.shares(moon, 'raised', '00417-012', all)).length);
  reading = false;
  await others;
  expect([...read]).toEqual([known]);
}, 60_000);

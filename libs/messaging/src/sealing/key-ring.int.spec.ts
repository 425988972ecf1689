import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { trustedDistrict } from '#platform';
import { realStack } from '#testing';
import type { Stack } from '#testing';
import { KeyRing } from './key-ring.js';
import { newKey, wrap } from './seal.js';
import type { Key } from './seal.js';

const moon = trustedDistrict('moon');
const id = 'moon/input-1';

let stack: Stack;
let key: Key;
let wrapped: string;
/** Its own each time: a ring remembers keys for a minute. */
const ring = (): KeyRing => new KeyRing(stack.db('casework'));
const kept = () => ring().keyOf(moon, 'input-1');

beforeAll(async () => {
  stack = await realStack();
  ({ key, wrapped } = newKey());
}, 60_000);
afterAll(() => stack.close());
beforeEach(() => stack.db('casework').collection('keys').deleteMany({}));

it('keeps a key, and takes it again as it is wrapped anew', async () => {
  await ring().take([{ id, wrapped }]);
  expect(await kept()).toEqual(key);
  const other = newKey();
  await ring().take([
    { id, wrapped: wrap(other.key) },
    { id: 'moon/input-2', wrapped },
  ]);
  expect(await kept()).toEqual(other.key);
  expect(await ring().keyOf(moon, 'input-2')).toEqual(key);
});

it('stays erased, whatever comes again', async () => {
  await ring().take([{ id, wrapped }]);
  await ring().take([{ id, wrapped: null }]);
  await ring().take([{ id, wrapped }]);
  expect(await kept()).toBeUndefined();
});

it('is erased when both come together, and when the key was never here', async () => {
  await ring().take([
    { id, wrapped },
    { id, wrapped: null },
    { id: 'moon/input-2', wrapped: null },
  ]);
  await ring().take([{ id: 'moon/input-2', wrapped }]);
  expect(await kept()).toBeUndefined();
  expect(await ring().keyOf(moon, 'input-2')).toBeUndefined();
});

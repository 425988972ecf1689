import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { run, startDistrict } from '#testing';
import type { District } from '#testing';

let district: District;

beforeAll(async () => {
  district = await startDistrict();
}, 150_000);
afterAll(() => district?.close(), 60_000);

it('npm run demo closes one loop of each origin, and the report agrees', async () => {
  const printed = await run(['deploy/demo/demo.mjs', '--json'], district.env);
  const hops = printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(hops.filter((hop) => hop['state'] === 'confirmed').length).toBeGreaterThanOrEqual(3);
}, 180_000);

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startDistrict } from '#testing';
import type { District, RunningName } from '#testing';

/** SIGTERM while callers keep their connections busy: what is in hand is finished, and the process ends by itself. */
let district: District;

beforeAll(async () => {
  district = await startDistrict();
}, 150_000);
afterAll(() => district?.close(), 60_000);

it.each<RunningName>(['gateway', 'casework', 'intake'])(
  '%s ends with 0 within its ten seconds, under load',
  async (name) => {
    let goOn = true;
    const statuses = new Set<number>();
    const caller = async (): Promise<void> => {
      while (goOn) {
        // fetch keeps its connections, as a browser and a load balancer do.
        const reply = await district.call('GET', '/api/intake/form').catch(() => undefined);
        if (reply) statuses.add(reply.status);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    const callers = Array.from({ length: 8 }, caller);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const begun = Date.now();
    const { code } = await district.stop(name);
    const ms = Date.now() - begun;
    goOn = false;
    await Promise.all(callers);
    console.log(`${name} stopped under load after ${ms} ms`);
    expect({ code, inTime: ms < 9_000 }).toEqual({ code: 0, inTime: true });
    expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);
    await district.start(name);
  },
  60_000,
);

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Allow, createService } from '#platform';
import { realStack } from '#testing';
import type { Stack } from '#testing';

let letGo: () => void = () => undefined;

@Controller('slow')
@Allow('public')
class SlowController {
  @Get('held')
  held(): Promise<string> {
    return new Promise((resolve) => {
      const before = letGo;
      letGo = () => [before(), resolve('done')];
    });
  }

  @Get('late')
  late(): Promise<string> {
    return new Promise((resolve) => setTimeout(resolve, 1_500, 'late'));
  }
}

@Module({ controllers: [SlowController] })
class SlowModule {}

let stack: Stack;
let app: NestFastifyApplication;
let url: string;

beforeAll(async () => {
  process.env['HEARBACK_IN_FLIGHT'] = '3';
  stack = await realStack();
  app = await createService({ name: 'roster', module: SlowModule, deadlineMs: 1_000 });
  await app.listen(0, '127.0.0.1');
  url = `${await app.getUrl()}/api/roster/slow`;
}, 60_000);
afterAll(async () => {
  await app?.close();
  await stack?.close();
}, 60_000);

it('takes no more requests at once than it may have in hand; the others are told when to come back', async () => {
  const held = [1, 2, 3].map(() => fetch(`${url}/held`));
  await new Promise((resolve) => setTimeout(resolve, 200));
  const refused = await fetch(`${url}/held`);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
  letGo();
  expect(await Promise.all(held.map(async (one) => (await one).status))).toEqual([200, 200, 200]);
  // Nobody is in hand any more, not even those who were refused or hung up.
  const hungUp = new AbortController();
  const gone = fetch(`${url}/held`, { signal: hungUp.signal }).catch(() => 'gone');
  await new Promise((resolve) => setTimeout(resolve, 100));
  hungUp.abort();
  await gone;
  const next = [1, 2, 3].map(() => fetch(`${url}/held`));
  await new Promise((resolve) => setTimeout(resolve, 200));
  letGo();
  expect(await Promise.all(next.map(async (one) => (await one).status))).toEqual([200, 200, 200]);
});

it('answers within its deadline, if only with 503 and when to come back', async () => {
  const begun = performance.now();
  const late = await fetch(`${url}/late`);
  expect([late.status, late.headers.get('retry-after')]).toEqual([503, '1']);
  expect(performance.now() - begun).toBeLessThan(1_400);
  expect(await late.json()).toMatchObject({
    status: 503,
    detail: expect.stringContaining('Idempotency-Key'),
  });
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect((await fetch(`${url}/late`)).status).toBe(503);
});

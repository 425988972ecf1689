import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { isData, pagePolicy } from './security-headers.js';
import { serveConsole } from './serve-console.js';

let root: string;
let app: FastifyInstance;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'console-'));
  await mkdir(join(root, 'assets'));
  await writeFile(join(root, 'index.html'), '<!doctype html><title>Hearback</title>');
  await writeFile(join(root, 'assets/main-4f2a.js'), 'hello()');
  app = Fastify();
  app.setErrorHandler((error: { status?: number }, _request, reply) =>
    reply.code(error.status ?? 500).send(),
  );
  await serveConsole(app, root);
});
afterAll(async () => {
  await app.close();
  await rm(root, { recursive: true });
});
const get = async (url: string) => {
  const { statusCode, headers, body } = await app.inject({ method: 'GET', url });
  return { statusCode, cache: headers['cache-control'], isPage: body.includes('<title>') };
};

describe('the console', () => {
  it('answers the address of any screen with its page, asked for anew each time', async () => {
    for (const url of ['/', '/team/cases/7', '/receipt?x=1.2'])
      expect(await get(url)).toEqual({ statusCode: 200, cache: 'no-cache', isPage: true });
  });
  it('gives hashed assets for a year', async () =>
    expect(await get('/assets/main-4f2a.js')).toEqual({
      statusCode: 200,
      cache: 'public, max-age=31536000, immutable',
      isPage: false,
    }));
  it('has no page for a missing file, a missing API, or a path that climbs', async () => {
    for (const url of ['/assets/main-0000.js', '/api/nothing', '/auth/nothing', '/..%2f..%2fpackage.json'])
      expect((await get(url)).statusCode).toBeGreaterThanOrEqual(400);
  });
});

it('the page runs no script and no style but its own, and is framed by nobody', () => {
  const policy = pagePolicy('http://localhost:8090');
  expect(policy).not.toMatch(/unsafe/);
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("frame-ancestors 'none'");
});

it('the page keeps its policy when it is only revalidated: the address decides', () => {
  for (const url of ['/', '/report?by=org', '/assets/a.js', '/apiary']) expect(isData(url)).toBe(false);
  for (const url of ['/api/me', '/auth/sign-in?to=/', '/health/ready', '/api'])
    expect(isData(url)).toBe(true);
});

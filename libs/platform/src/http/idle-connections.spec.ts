import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import type { FastifyInstance } from 'fastify';
import { closeIdleConnections } from './idle-connections.js';

let app: FastifyInstance;
let port: number;
beforeEach(async () => {
  app = fastify({ forceCloseConnections: 'idle' });
  closeIdleConnections(app);
  app.get('/slow', () => new Promise((resolve) => setTimeout(() => resolve('well'), 300)));
  await app.listen({ port: 0, host: '127.0.0.1' });
  port = (app.server.address() as AddressInfo).port;
});
afterEach(() => app.server.closeAllConnections());

async function closedAfter(): Promise<number> {
  const begun = Date.now();
  await app.close();
  return Date.now() - begun;
}

it('a service stops although somebody keeps a connection on which nothing was asked', async () => {
  const silent = connect(port, '127.0.0.1');
  await once(silent, 'connect');
  // By now the server has taken it.
  expect((await fetch(`http://127.0.0.1:${port}/slow`)).status).toBe(200);
  expect(await closedAfter()).toBeLessThan(4_000);
});

it('a request in hand is answered, and its connection is not waited for', async () => {
  const asked = fetch(`http://127.0.0.1:${port}/slow`);
  await once(app.server, 'request');
  expect(await closedAfter()).toBeLessThan(4_000);
  expect(await (await asked).text()).toBe('well');
});

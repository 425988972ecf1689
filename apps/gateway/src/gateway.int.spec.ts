import { randomUUID } from 'node:crypto';
import { createServer, get } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, realStack } from '#testing';
import type { RunningService, Stack } from '#testing';
import { GatewayModule } from './gateway.module.js';
import { Sessions } from './sign-in/sessions.js';

/** What the service behind the gateway was asked. */
interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  bytes: number;
  body: string;
}

let stack: Stack;
let gateway: RunningService;
let behind: Server;
const seen: Seen[] = [];
/** An address that takes fifteen seconds to answer. */
let slow: string | undefined;
const answers = new Map<string, { status: number; body: unknown }>();

beforeAll(async () => {
  behind = createServer(
    (request, response) =>
      void answer(request).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      }),
  );
  await new Promise<void>((resolve) => behind.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(behind.address() as AddressInfo).port}`;
  // Every service is this one, but for reporting: nobody listens there.
  for (const name of ['INTAKE', 'STUDENT_VOICE', 'FAMILY_COUNCIL', 'CASEWORK', 'ROSTER'])
    process.env[`HEARBACK_URL_${name}`] = url;
  process.env['HEARBACK_URL_REPORTING'] = 'http://127.0.0.1:1';
  stack = await realStack();
  gateway = await stack.service(GatewayModule, 'gateway');
}, 120_000);
afterAll(async () => {
  behind?.close();
  await stack?.close();
}, 60_000);

async function answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const { method = '', url = '', headers } = request;
  seen.push({ method, url, headers, bytes: body.length, body: body.toString().slice(0, 200) });
  if (url === slow) await new Promise((resolve) => setTimeout(resolve, 15_000));
  return answers.get(url.split('?', 1)[0]!) ?? { status: 200, body: {} };
}
const last = (): Seen => seen.at(-1)!;
/** fetch would resolve the dots itself. */
const statusOf = (path: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(gateway.url);
    get({ hostname, port, path }, (response) => resolve(response.resume().statusCode ?? 0)).on(
      'error',
      reject,
    );
  });
const token = () => stack.token({ roles: ['it'], sub: 'ivo' });
async function signedIn(): Promise<string> {
  const cookie = await gateway.app
    .get(Sessions)
    .begin({ access: await token(), accessUntil: Date.now() + 600_000 });
  return `hearback=${cookie}`;
}

describe('what is passed on', () => {
  it('arrives as it came, with the host that the caller named and without cookies', async () => {
    answers.set('/api/intake/inputs', { status: 422, body: { title: 'theirs' } });
    const text = JSON.stringify({ text: 'x'.repeat(200_000) });
    const response = await fetch(`${gateway.url}/api/intake/inputs?a=1`, {
      method: 'POST',
      body: text,
      headers: {
        'content-type': 'application/json',
        authorization: 'Receipt moon-1',
        cookie: 'hearback=x',
        'x-forwarded-host': 'evil',
      },
    });
    expect([response.status, await response.json()]).toEqual([422, { title: 'theirs' }]);
    expect(last()).toMatchObject({ method: 'POST', url: '/api/intake/inputs?a=1', bytes: text.length });
    expect(last().headers).toMatchObject({
      authorization: 'Receipt moon-1',
      'x-forwarded-host': new URL(gateway.url).host,
    });
    expect(last().headers.cookie).toBeUndefined();
  });

  it('is no JSON that every service would refuse as too large', async () => {
    const before = seen.length;
    const body = { text: 'x'.repeat(300_000) };
    expect((await gateway.call('POST', '/api/intake/inputs', { body })).status).toBe(413);
    expect(seen).toHaveLength(before);
  });

  it('to a service that is away answers 503 with Retry-After', async () => {
    const response = await fetch(`${gateway.url}/api/reporting/closed-loop`);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(response.headers.get('content-type')).toMatch('application/problem+json');
  });

  it('goes to no service that does not exist, and climbs out of none', async () => {
    const before = seen.length;
    expect((await gateway.call('GET', '/api/secrets/x')).status).toBe(404);
    const climbing = [
      '/api/intake/../../health',
      '/api/intake/%2e%2e/%2e%2e/health',
      '/api/intake/..%2f..%2fhealth',
    ];
    for (const path of climbing) expect(await statusOf(path)).toBeGreaterThanOrEqual(400);
    expect(seen.slice(before).filter(({ url }) => !url.startsWith('/api/'))).toEqual([]);
  });

  it('has an address that can be read; another is a problem like any other', async () => {
    const response = await fetch(`${gateway.url}/api/intake/%zz`);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      400,
      'application/problem+json; charset=utf-8',
    ]);
  });

  it('comes back with headers that keep a browser safe', async () => {
    const { headers } = await gateway.call('GET', '/api/roster/orgs');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });
});

describe('a signed-in browser', () => {
  it('is known by its cookie, and its token never leaves the gateway', async () => {
    const cookie = await signedIn();
    const { status, body } = await gateway.call('GET', '/api/me', { headers: { cookie } });
    expect([status, body]).toMatchObject([
      200,
      { sub: 'ivo', district: 'moon', roles: ['it'], may: expect.arrayContaining(['roster']) },
    ]);
    const stored = JSON.stringify(await stack.db('gateway').collection('sessions').find().toArray());
    expect(stored).not.toContain(cookie.slice('hearback='.length));
    expect(stored).not.toContain('eyJhbGciOiJFUzI1NiI');
  });

  it('has its token added to what is passed on', async () => {
    await gateway.call('GET', '/api/casework/cases', { headers: { cookie: await signedIn() } });
    expect(last().headers.authorization).toMatch(/^Bearer ey/);
  });

  it('keeps the Authorization that it wrote itself', async () => {
    await gateway.call('GET', '/api/intake/receipts/me', {
      headers: { cookie: await signedIn() },
      authorization: 'Receipt moon-1',
    });
    expect(last().headers.authorization).toBe('Receipt moon-1');
  });

  it('changes nothing on the word of another site', async () => {
    const cookie = await signedIn();
    const before = seen.length;
    const elsewhere: Record<string, string>[] = [
      {},
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of elsewhere) {
      const { status, body } = await gateway.call('POST', '/api/casework/cases/1/notes', {
        headers: { cookie, ...headers },
        body: {},
      });
      expect([status, body['title']]).toEqual([403, 'You may not do this']);
    }
    expect(seen).toHaveLength(before);
    expect(
      (
        await gateway.call('POST', '/api/casework/cases/1/notes', {
          headers: { cookie, 'sec-fetch-site': 'same-origin' },
          body: {},
        })
      ).status,
    ).toBe(200);
  });

  it('is nobody after signing out', async () => {
    const cookie = await signedIn();
    expect((await gateway.call('POST', '/auth/sign-out', { headers: { cookie } })).status).toBe(403);
    expect(
      (await gateway.call('POST', '/auth/sign-out', { headers: { cookie, 'sec-fetch-site': 'same-origin' } }))
        .status,
    ).toBe(204);
    expect((await gateway.call('GET', '/api/me', { headers: { cookie } })).status).toBe(401);
  });

  it('is nobody with an invented cookie, or when its token has ended and cannot be renewed', async () => {
    expect(
      (await gateway.call('GET', '/api/me', { headers: { cookie: 'hearback=moon.invented' } })).status,
    ).toBe(401);
    const ended = await gateway.app
      .get(Sessions)
      .begin({ access: await token(), accessUntil: Date.now() - 1 });
    expect((await gateway.call('GET', '/api/me', { headers: { cookie: `hearback=${ended}` } })).status).toBe(
      401,
    );
  });

  it('cannot finish a sign-in that it did not begin', async () =>
    expect((await gateway.call('GET', '/auth/callback?code=1&state=2')).status).toBe(400));
});

describe('what IT sees', () => {
  const as = { roles: ['it'], sub: 'ivo' };

  it('lists the parked events of all services, and names who did not answer', async () => {
    answers.set('/api/casework/ops/parked', {
      status: 200,
      body: { items: [{ id: 'x', service: 'casework', kind: 'failed', key: 'p' }] },
    });
    for (const service of ['intake', 'student-voice', 'family-council', 'roster'])
      answers.set(`/api/${service}/ops/parked`, { status: 200, body: { items: [] } });
    const { body } = await gateway.call('GET', '/api/ops/parked', { as });
    expect(body).toEqual({
      items: [{ id: 'x', service: 'casework', kind: 'failed', key: 'p' }],
      unreachable: ['reporting'],
    });
    expect((await gateway.call('GET', '/api/ops/parked', { as: { roles: ['lead'] } })).status).toBe(403);
  });

  it('lists what was discarded when it is asked for, with who and why', async () => {
    const discarded = { by: 'ivo', why: 'a test', at: '2026-01-01T00:00:00.000Z' };
    const item = { id: 'eA', service: 'roster', kind: 'failed', discarded };
    answers.set('/api/roster/ops/parked', { status: 200, body: { items: [item] } });
    const { body } = await gateway.call('GET', '/api/ops/parked?discarded=true', { as });
    expect(body['items']).toContainEqual(item);
    expect(last().url).toMatch(/[?&]discarded=true/);
    expect((await gateway.call('GET', '/api/ops/parked?discarded=maybe', { as })).status).toBe(422);
    answers.set('/api/roster/ops/parked', { status: 200, body: { items: [] } });
  });

  it('names an event in its answer as the list does', async () => {
    const id = Buffer.from('intake/moon/p/1').toString('base64url');
    answers.set(`/api/casework/ops/parked/${id}/replay`, { status: 200, body: { id, stillWaiting: 0 } });
    const body = { why: 'a test' };
    const answered = await gateway.call('POST', `/api/ops/parked/casework/${id}/replay`, { as, body });
    expect(answered.body).toEqual({ id, stillWaiting: 0 });
  });

  it('passes a decision on with its reason, and the answer back', async () => {
    answers.set('/api/casework/ops/parked/x/discard', {
      status: 409,
      body: { title: 'Never an input.raised' },
    });
    const { status, body } = await gateway.call('POST', '/api/ops/parked/casework/x/discard', {
      as,
      body: { why: 'a test' },
    });
    expect([status, body['title']]).toEqual([409, 'Never an input.raised']);
    expect(JSON.parse(last().body)).toEqual({ why: 'a test' });
    expect(
      (await gateway.call('POST', '/api/ops/parked/gateway/x/discard', { as, body: { why: 'a test' } }))
        .status,
    ).toBe(422);
    expect((await gateway.call('POST', '/api/ops/parked/casework/x/discard', { as, body: {} })).status).toBe(
      422,
    );
  });

  it('begins a replay in all services that it reaches, once an Idempotency-Key, and adds up how far they are', async () => {
    const part = { state: 'running', total: 10, done: 4, stillWaiting: 1, by: 'ivo', why: 'a test' };
    for (const service of ['intake', 'student-voice', 'family-council', 'casework', 'roster']) {
      answers.set(`/api/${service}/ops/parked/replay`, { status: 202, body: { ...part, service } });
    }
    const begin = (body: object, key: string) =>
      gateway.call<{ replayId: string; total: number; services: object[]; unreachable?: string[] }>(
        'POST',
        '/api/ops/parked/replay',
        { as, body, headers: { 'idempotency-key': key } },
      );
    const key = randomUUID();
    const { status, body } = await begin({ why: 'a test', type: 'case.answered' }, key);
    expect([status, body.total, body.services.length, body.unreachable]).toEqual([202, 50, 5, ['reporting']]);
    expect(JSON.parse(last().body)).toEqual({
      replayId: body.replayId,
      why: 'a test',
      type: 'case.answered',
    });
    expect((await begin({ why: 'a test', type: 'case.answered' }, key)).body.replayId).toBe(body.replayId);
    expect((await begin({ why: 'a test' }, randomUUID())).body.replayId).not.toBe(body.replayId);

    const there = `ops/parked/replays/${body.replayId}`;
    for (const service of ['intake', 'student-voice', 'family-council', 'roster'])
      answers.set(`/api/${service}/${there}`, { status: 404, body: {} });
    answers.set(`/api/casework/${there}`, { status: 200, body: { ...part, service: 'casework' } });
    const now = await gateway.call('GET', `/api/${there}`, { as });
    expect(now.body).toMatchObject({ state: 'running', total: 10, done: 4, stillWaiting: 1 });
    // What a service that does not answer has of it is not known: it is not done.
    answers.set(`/api/casework/${there}`, {
      status: 200,
      body: { ...part, service: 'casework', state: 'done' },
    });
    expect((await gateway.call('GET', `/api/${there}`, { as })).body).toMatchObject({
      state: 'running',
      unreachable: ['reporting'],
    });
  });

  it('lists the deliveries of both services that write to people, by state, and has one sent again', async () => {
    const item = (service: string) => ({ id: 'x', service, what: 'answer-1', state: 'refused', attempts: 1 });
    for (const service of ['intake', 'casework'])
      answers.set(`/api/${service}/ops/deliveries`, { status: 200, body: { items: [item(service)] } });
    const first = await gateway.call('GET', '/api/ops/deliveries?state=refused&limit=1', { as });
    expect(first.body).toEqual({ items: [item('intake')], next: 'casework~' });
    const second = await gateway.call('GET', `/api/ops/deliveries?state=refused&cursor=casework~`, { as });
    expect(second.body).toEqual({ items: [item('casework')] });
    expect(last().url).toBe('/api/casework/ops/deliveries?state=refused&limit=50');
    answers.set('/api/intake/ops/deliveries/x/resend', {
      status: 409,
      body: { title: 'Not in this state', state: 'sent', allowed: [] },
    });
    const resend = await gateway.call('POST', '/api/ops/deliveries/intake/x/resend', {
      as,
      body: { why: 'a test' },
    });
    expect([resend.status, resend.body['state'], resend.body['allowed']]).toEqual([409, 'sent', []]);
  });

  it('does not begin a replay where nobody answers, nor in a service that is none', async () => {
    const begin = (service: string) =>
      gateway.call('POST', '/api/ops/parked/replay', { as, body: { why: 'a test', service } });
    expect((await begin('reporting')).status).toBe(503);
    expect((await begin('gateway')).status).toBe(422);
    expect((await gateway.call('POST', '/api/ops/parked/replay', { as, body: {} })).status).toBe(422);
    expect((await gateway.call('GET', '/api/ops/parked/replays/1', { as })).status).toBe(422);
  });

  it('cannot tell while a service does not answer, says which, and keeps that it could not', async () => {
    const { status, body } = await gateway.call('GET', '/api/ops/reconciliation', { as });
    expect([status, body['detail']]).toEqual([503, expect.stringContaining('reporting does not answer')]);
    const runs = await gateway.call<{ items: object[] }>('GET', '/api/ops/reconciliation/runs', { as });
    expect(runs.body.items).toMatchObject([
      { by: 'ivo', state: 'failed', failure: expect.stringContaining('reporting') as unknown },
    ]);
  }, 30_000);

  it('does not keep a caller longer than a request may take: the reconciliation goes on, and others join it', async () => {
    process.env['HEARBACK_URL_REPORTING'] = process.env['HEARBACK_URL_INTAKE'];
    slow = '/api/reporting/ops/counts';
    const waiting = gateway.call('GET', '/api/ops/reconciliation', { as });
    await eventually(() => Promise.resolve(last().url === slow), 'the walk');
    const { body } = await gateway.call('POST', '/api/ops/reconciliation/runs', { as, body: {} });
    const answered = await waiting;
    expect([answered.status, answered.body['detail']]).toEqual([
      503,
      expect.stringContaining(`It goes on as run ${String(body['runId'])}`),
    ]);
    slow = undefined;
    const run = () => gateway.call('GET', `/api/ops/reconciliation/runs/${String(body['runId'])}`, { as });
    expect((await run()).body['state']).toBe('running');
    for (const service of ['intake', 'student-voice', 'family-council', 'casework', 'reporting'])
      answers.set(`/api/${service}/ops/inputs`, { status: 200, body: { items: [] } });
    await eventually(async () => (await run()).body['state'] === 'done', 'its end');
    expect((await run()).body).toMatchObject({ accepted: 0, holds: true });
    process.env['HEARBACK_URL_REPORTING'] = 'http://127.0.0.1:1';
  }, 60_000);

  it('stops at once in the middle of a reconciliation, and says that it did', async () => {
    const second = await stack.service(GatewayModule, 'gateway');
    const { body } = await second.call('POST', '/api/ops/reconciliation/runs', { as, body: {} });
    expect(body['state']).toBe('running');
    const begun = Date.now();
    await second.close();
    expect(Date.now() - begun).toBeLessThan(2_000);
    const run = await gateway.call('GET', `/api/ops/reconciliation/runs/${String(body['runId'])}`, { as });
    expect(run.body).toMatchObject({ state: 'failed', failure: 'this gateway is stopping' });
  }, 30_000);
});

describe('health', () => {
  it('is ready when every service is, and names the one that is not', async () => {
    process.env['HEARBACK_URL_REPORTING'] = process.env['HEARBACK_URL_INTAKE'];
    expect((await gateway.call('GET', '/health/ready')).status).toBe(200);
    process.env['HEARBACK_URL_ROSTER'] = 'http://127.0.0.1:1';
    await new Promise((resolve) => setTimeout(resolve, 150));
    const { status, body } = await gateway.call<{ troubles: Record<string, string> }>('GET', '/health/ready');
    expect([status, Object.keys(body.troubles)]).toEqual([503, ['roster']]);
    expect((await gateway.call('GET', '/health/live')).status).toBe(200);
  });
});

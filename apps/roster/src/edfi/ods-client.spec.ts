import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GivenFetch, rowsOf } from './fetch.given.js';
import { givenOds, sampleOds, sent } from './ods.given.js';

const given = new GivenFetch();
beforeEach(() => given.begin());
afterEach(() => given.end());

describe('an API that is busy or broken', () => {
  it('is waited for as long as Retry-After says', async () => {
    given.misbehaves(
      'students',
      (response) => {
        response.setHeader('Retry-After', 1);
        sent(response, 429, {});
      },
      1,
    );
    const begun = performance.now();
    await given.fetched();
    expect(performance.now() - begun).toBeGreaterThan(950);
    expect(given.offsetsOf('students')).toEqual([0, 0]);
  });

  it('that asks to wait for an hour is believed, and the run ends', async () => {
    given.misbehaves('students', (response) => {
      response.setHeader('Retry-After', new Date(Date.now() + 3_600_000).toUTCString());
      sent(response, 503, {});
    });
    expect(await given.refusal()).toBe(
      'students, page 1: the service asks to wait 60 minutes; try again then',
    );
  });

  it('is asked again after 5xx and after a connection that broke in the middle', async () => {
    given.misbehaves('students', (response) => sent(response, 502, 'bad gateway'), 2);
    await given.fetched();
    expect(given.offsetsOf('students')).toHaveLength(3);
    await rm(given.folder, { recursive: true });
    given.misbehaves(
      'schools',
      (response) => {
        response.writeHead(200, { 'content-length': 1_000, 'total-count': 2 });
        response.write('[{"schoolId":', () => response.destroy());
      },
      2,
    );
    expect(await rowsOf(await given.fetched(), 'orgs')).toHaveLength(5);
  });

  it('is given up after five tries, with what it said', async () => {
    given.misbehaves('schools', (response) => sent(response, 500, { detail: 'stack trace with names' }));
    expect(await given.refusal()).toBe('schools, page 1: the service answered 500, 5 times');
    expect(given.offsetsOf('schools')).toHaveLength(5);
  });

  it('that is silent is given up', async () => {
    given.misbehaves('schools', () => undefined);
    expect(await given.refusal({ timeoutMs: 100 })).toBe(
      'schools, page 1: no whole answer within 100 ms (timeoutMs), 5 times',
    );
  });

  it('that is not there is named', async () => {
    await given.ods.close();
    expect(await given.refusal()).toBe(
      'studentSchoolAssociations, page 1: no token could be had: the connection failed (ECONNREFUSED), 5 times',
    );
    given.ods = await givenOds(sampleOds());
  });

  it('ends at once when the run is stopped', async () => {
    const stop = new AbortController();
    given.misbehaves('schools', () => void setTimeout(() => stop.abort(new Error('stopped')), 20));
    const begun = performance.now();
    expect(await given.refusal({}, { signal: stop.signal })).toBe('stopped');
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});

describe('credentials', () => {
  const tokensAsked = (): number => given.offsetsOf('token').length;

  it('get one token for the whole fetch', async () => {
    await given.fetched({ pageSize: 2 });
    expect(tokensAsked()).toBe(1);
  });

  it('get another when the API forgot the first', async () => {
    given.ods.misbehave = ({ resource }) => {
      if (resource === 'students' && tokensAsked() === 1) given.ods.forget();
      return false;
    };
    await given.fetched();
    expect(tokensAsked()).toBe(2);
  });

  it('are not tried for ever: a new token that is refused ends the run', async () => {
    given.misbehaves('students', (response) => sent(response, 401, {}));
    expect(await given.refusal()).toBe(
      'students, page 1: the API refuses its own new token (401): check baseUrl and tokenUrl',
    );
    expect(given.offsetsOf('students')).toHaveLength(2);
  });

  it('that are wrong are said to be, without showing them', async () => {
    process.env['HEARBACK_SECRET_EDFI_SPEC'] = 'wrong-and-not-for-logs';
    const said = await given.refusal();
    expect(said).toContain('no token could be had: the service answered 401; check tokenUrl, clientId');
    expect(said).not.toContain('not-for-logs');
  });

  it('that got no token that could be used are not quoted', async () => {
    given.misbehaves('token', (response) => sent(response, 200, { access_token: 'two\nlines' }));
    const said = await given.refusal();
    expect(said).toContain('the answer has no access_token');
    expect(said).not.toContain('lines');
  });

  it('never follow a redirect to another host, nor one of the token service', async () => {
    let visits = 0;
    const elsewhere = createServer((_, response) => {
      visits += 1;
      response.end('[]');
    });
    await new Promise<void>((listening) => elsewhere.listen(0, '127.0.0.1', listening));
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
    for (const [resource, said] of [
      ['token', 'the service answered 307; check tokenUrl'],
      ['students', 'the service redirects to http:'],
    ] as const) {
      given.misbehaves(resource, (response) => response.writeHead(307, { location }).end());
      expect(await given.refusal()).toContain(said);
    }
    expect(visits).toBe(0);
    await new Promise((closed) => elsewhere.close(closed));
  });

  it('are refused over a plain connection before anything is sent', async () => {
    expect(await given.refusal({ baseUrl: 'http://given.ods.moon.example.org/api' })).toBe(
      'baseUrl must begin with https:// (http only for this machine itself)',
    );
    expect(given.ods.calls).toEqual([]);
  });
});

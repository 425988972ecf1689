import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { type Settings, settingsFrom } from '../settings.js';
import { AUDIENCE, mintToken } from './mint-token.js';
import { CLIENT_ID } from './provider.js';
import { issuerServer } from './server.js';
import { signingKey } from './signing-key.js';

let settings: Settings;
let issuer: Server;

beforeAll(async () => {
  const port = await freePort();
  const data = await mkdtemp(`${tmpdir()}/hearback-issuer-`);
  settings = { ...settingsFrom({}), data, issuer: `http://127.0.0.1:${port}`, district: 'moon' };
  issuer = await started();
});

afterAll(async () => {
  await stopped(issuer);
  await rm(settings.data, { recursive: true, force: true });
});

describe('the development issuer', () => {
  it('signs a demo person in by code flow with PKCE, and the tokens say who that is', async () => {
    const { access, claims } = await tokens(new Browser(), { user: 'tariq', password: 'tariq-demo' });
    expect(await verified(access)).toMatchObject({
      aud: AUDIENCE,
      sub: 'tariq',
      district: 'moon',
      roles: ['member'],
      orgs: ['00417'],
      teams: ['transport'],
      name: 'Tariq Benally',
    });
    expect(claims).toMatchObject({ sub: 'tariq', name: 'Tariq Benally', roles: ['member'] });
  });

  it('signs in with one press from the list of demo people', async () => {
    const { access } = await tokens(new Browser(), { as: 'dara' });
    expect(await verified(access)).toMatchObject({ sub: 'dara', roles: ['leader'] });
  });

  it('gives a refresh token that gives an access token for the same audience', async () => {
    const { refresh, config } = await tokens(new Browser(), { as: 'rosa' });
    const renewed = await client.refreshTokenGrant(config, refresh);
    expect(await verified(renewed.access_token)).toMatchObject({ aud: AUDIENCE, sub: 'rosa' });
  });

  it('shows the form again, with the reason, when the password is wrong', async () => {
    const browser = new Browser();
    const { url } = await authorizationUrl();
    const form = await browser.go(url.href);
    const again = await browser.go(form.url, { user: 'tariq', password: '"><script>' });
    expect(again.status).toBe(401);
    expect(again.text).toContain('role="alert"');
    expect(again.text).not.toContain('<script>');
  });

  it('refuses an authorization request without PKCE', async () => {
    const { url } = await authorizationUrl();
    url.searchParams.delete('code_challenge');
    const { location } = await new Browser().go(url.href);
    expect(location).toContain('error=invalid_request');
  });

  it('goes on after a restart: the same key, and signing in works again', async () => {
    const browser = new Browser();
    const before = await tokens(browser, { as: 'ivo' });
    await stopped(issuer);
    issuer = await started();
    expect(await verified(before.access)).toMatchObject({ sub: 'ivo' });
    const after = await tokens(browser, { as: 'ivo' });
    expect(await verified(after.access)).toMatchObject({ sub: 'ivo' });
  });

  it('ends the session on sign-out, so that the next person is asked who they are', async () => {
    const browser = new Browser();
    const { config, idToken } = await tokens(browser, { as: 'ivo' });
    const end = client.buildEndSessionUrl(config, {
      id_token_hint: idToken,
      post_logout_redirect_uri: `${settings.publicUrl}/`,
    });
    const asked = await browser.go(end.href);
    const xsrf = /name="xsrf"\s+value="([^"]+)"/.exec(asked.text)?.[1] ?? '';
    const done = await browser.go(`${settings.issuer}/session/end/confirm`, { xsrf, logout: 'yes' });
    expect(done.location).toBe(`${settings.publicUrl}/`);
    const form = await browser.go((await authorizationUrl()).url.href);
    expect(form.text).toContain('Sign in to Hearback');
  });
});

describe('a token from the command line', () => {
  it('verifies against the published keys, with the asked scope', async () => {
    const token = await mintToken({ as: 'member', team: 'office-012' }, settings);
    expect(await verified(token)).toMatchObject({
      sub: 'member-office-012',
      district: 'moon',
      roles: ['member'],
      orgs: ['00417-012'],
      teams: ['office-012'],
    });
  });

  it('is the demo person of the role when nothing else is asked', async () => {
    expect(await verified(await mintToken({ as: 'leader' }, settings))).toMatchObject({
      sub: 'dara',
      orgs: ['00417'],
    });
  });

  it('carries another district, person and organisation when told', async () => {
    const token = await mintToken({ as: 'it', district: 'mars', sub: 'someone', org: ['1', '2'] }, settings);
    expect(await verified(token)).toMatchObject({ district: 'mars', sub: 'someone', orgs: ['1', '2'] });
  });

  it('is refused for a role that does not exist, and the roles are named', async () => {
    await expect(mintToken({ as: 'principal' }, settings)).rejects.toThrow(
      /unknown role principal: use one of student/,
    );
  });
});

describe('the signing key', () => {
  it('is one key, readable by its owner alone, however many processes ask first', async () => {
    const data = await mkdtemp(`${tmpdir()}/hearback-key-`);
    const keys = await Promise.all(Array.from({ length: 5 }, () => signingKey(data)));
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(1);
    expect(await readdir(data)).toEqual(['issuer-jwks.json']);
    expect((await stat(`${data}/issuer-jwks.json`)).mode & 0o777).toBe(0o600);
    await rm(data, { recursive: true });
  });
});

async function started(): Promise<Server> {
  const server = await issuerServer(settings);
  await new Promise<void>((done) => server.listen(Number(new URL(settings.issuer).port), '127.0.0.1', done));
  return server;
}

async function stopped(server: Server): Promise<void> {
  const closed = new Promise((done) => server.close(done));
  server.closeAllConnections();
  await closed;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address() as AddressInfo;
  await stopped(probe);
  return port;
}

async function verified(token: string) {
  const keys = createRemoteJWKSet(new URL(`${settings.issuer}/jwks`));
  return (await jwtVerify(token, keys, { issuer: settings.issuer, audience: AUDIENCE })).payload;
}

async function authorizationUrl() {
  const config = await client.discovery(
    new URL(settings.issuer),
    CLIENT_ID,
    settings.clientSecret,
    undefined,
    {
      execute: [client.allowInsecureRequests],
    },
  );
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: `${settings.publicUrl}/auth/callback`,
    scope: 'openid profile',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
  });
  return { config, url, verifier, state };
}

/** Signs in as a browser and the console's server would, up to the tokens. */
async function tokens(browser: Browser, who: Record<string, string>) {
  const { config, url, verifier, state } = await authorizationUrl();
  const form = await browser.go(url.href);
  const { location } = await browser.go(form.url, who);
  const granted = await client.authorizationCodeGrant(config, new URL(location), {
    pkceCodeVerifier: verifier,
    expectedState: state,
  });
  return {
    config,
    access: granted.access_token,
    refresh: granted.refresh_token ?? '',
    idToken: granted.id_token ?? '',
    claims: granted.claims(),
  };
}

interface Shown {
  status: number;
  url: string;
  text: string;
  /** Where it was sent away to, outside the issuer; empty otherwise. */
  location: string;
}

/** As much of a browser as a sign-in needs: cookies, and redirects as long as they stay with the issuer. */
class Browser {
  private readonly cookies = new Map<string, string>();

  async go(address: string, form?: Record<string, string>): Promise<Shown> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(address, {
      redirect: 'manual',
      headers: { cookie },
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
    });
    for (const set of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (set.split(';')[0] ?? '').split('=', 2);
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const text = await response.text();
    const location = response.headers.get('location');
    const next = location === null ? '' : new URL(location, address).href;
    if (!next.startsWith(settings.issuer))
      return { status: response.status, url: address, text, location: next };
    return this.go(next);
  }
}

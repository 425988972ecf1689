import { describe, expect, it } from '@jest/globals';
import { checkSettings } from './settings.js';

delete process.env['HEARBACK_SECRETS_DIR'];

const oauth2 = {
  kind: 'oauth2',
  tokenUrl: 'https://sis.example.org/token?tenant=moon',
  clientId: 'hearback',
  secret: { env: 'HEARBACK_SECRET_SIS' },
};
const good = {
  baseUrl: 'https://sis.example.org/ims/oneroster/rostering/v1p2',
  version: '1.2',
  auth: oauth2,
};
const oauth1 = { kind: 'oauth1', key: 'k', secret: { env: 'HEARBACK_SECRET_SIS' } };
const proxyKey = { kind: 'proxy-key', header: 'X-Api-Key', secret: { file: '/run/secrets/sis' } };
const broken = (settings: unknown): string[] =>
  checkSettings(settings).map(({ field, rule }) => `${field} ${rule}`);

describe('settings', () => {
  it('are good with each way to prove who asks', () => {
    expect(checkSettings({ ...good, pageSize: 5000, timeoutMs: 1 })).toEqual([]);
    expect(checkSettings({ ...good, auth: proxyKey })).toEqual([]);
    expect(
      checkSettings({ ...good, version: '1.1', baseUrl: 'http://[::1]:80/v1p1/', auth: oauth1 }),
    ).toEqual([]);
  });

  const cases: [string, unknown, string[]][] = [
    ['no object', 'x', [' object']],
    ['nothing', {}, ['version oneOf', 'baseUrl url', 'auth object']],
    ['http', { ...good, baseUrl: 'http://sis.example.org/v1p2' }, ['baseUrl https']],
    [
      'a host that only looks like this machine',
      { ...good, baseUrl: 'http://localhost.example.org/v1p2' },
      ['baseUrl https'],
    ],
    ['another scheme', { ...good, baseUrl: 'file:///etc/v1p2' }, ['baseUrl https']],
    [
      'a password in the address',
      { ...good, baseUrl: 'https://a:b@sis.example.org/v1p2' },
      ['baseUrl credentials'],
    ],
    ['a query', { ...good, baseUrl: 'https://sis.example.org/v1p2?a=b' }, ['baseUrl path']],
    [
      'the address of another version',
      { ...good, baseUrl: 'https://sis.example.org/v1p1' },
      ['baseUrl version'],
    ],
    ['too large a page', { ...good, pageSize: 5001 }, ['pageSize range']],
    ['no time at all', { ...good, timeoutMs: 0 }, ['timeoutMs range']],
    ['an unknown kind', { ...good, auth: { kind: 'constructor' } }, ['auth.kind oneOf']],
    ['OAuth 1.0a for 1.2', { ...good, auth: oauth1 }, ['auth.kind version']],
    [
      'a token service over http',
      { ...good, auth: { ...oauth2, tokenUrl: 'http://sis.example.org' } },
      ['auth.tokenUrl https'],
    ],
    ['a secret in the clear', { ...good, auth: { ...oauth2, secret: 'hunter2' } }, ['auth.secret secretRef']],
    [
      'a secret beside its reference',
      { ...good, auth: { ...oauth2, clientSecret: 'x' } },
      ['auth.clientSecret unknown'],
    ],
    [
      'a header of the connection',
      { ...good, auth: { ...proxyKey, header: 'Host' } },
      ['auth.header reserved'],
    ],
    ['a header that is none', { ...good, auth: { ...proxyKey, header: 'X Key' } }, ['auth.header name']],
  ];
  for (const [what, settings, errors] of cases)
    it(`refuse ${what}`, () => expect(broken(settings)).toEqual(errors));

  it('are refused without repeating a secret', () =>
    expect(JSON.stringify(checkSettings({ ...good, auth: { ...oauth2, secret: 'hunter2' } }))).not.toContain(
      'hunter2',
    ));
});

import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readSecret } from './secret.js';
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
      ['baseUrl secret'],
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
      'two references',
      { ...good, auth: { ...oauth2, secret: { env: 'HEARBACK_SECRET_A', file: 'a' } } },
      ['auth.secret secretRef'],
    ],
    [
      'any variable',
      { ...good, auth: { ...oauth2, secret: { env: 'HEARBACK_SECRET' } } },
      ['auth.secret name'],
    ],
    ['any file', { ...good, auth: { ...oauth2, secret: { file: '/etc/passwd' } } }, ['auth.secret folder']],
    [
      'a path that climbs',
      { ...good, auth: { ...oauth2, secret: { file: '/run/secrets/../x' } } },
      ['auth.secret folder'],
    ],
    [
      'the folder itself',
      { ...good, auth: { ...oauth2, secret: { file: '/run/secrets' } } },
      ['auth.secret folder'],
    ],
    [
      'a folder that begins alike',
      { ...good, auth: { ...oauth2, secret: { file: '/run/secrets2/x' } } },
      ['auth.secret folder'],
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

describe('a secret', () => {
  let env: NodeJS.ProcessEnv;
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'hearback-secrets-'));
    env = {
      HEARBACK_SECRETS_DIR: join(root, 'secrets'),
      HEARBACK_SECRET_SIS: 'moon & stars\n',
      HEARBACK_SECRET_TWO: 'a\nb',
    };
    await mkdir(join(root, 'secrets', '..data'), { recursive: true });
    await writeFile(join(root, 'secrets', '..data', 'sis'), 'from a file\n');
    await writeFile(join(root, 'outside'), 'outside');
    await writeFile(join(root, 'secrets', 'empty'), '\n');
    await symlink(join('..data', 'sis'), join(root, 'secrets', 'sis'));
    await symlink(join(root, 'outside'), join(root, 'secrets', 'out'));
  });
  afterAll(() => rm(root, { recursive: true }));
  const read = (ref: { env: string } | { file: string }): Promise<string> =>
    readSecret(ref, 'auth.secret', env);

  it('comes from the environment', async () =>
    expect(await read({ env: 'HEARBACK_SECRET_SIS' })).toBe('moon & stars'));
  it('comes from a file, through links within the folder as Kubernetes makes them', async () => {
    expect(await read({ file: join(root, 'secrets', 'sis') })).toBe('from a file');
    expect(await read({ file: 'sis' })).toBe('from a file');
  });
  it('that is missing says what to set', async () => {
    await expect(read({ env: 'HEARBACK_SECRET_NONE' })).rejects.toMatchObject({
      field: 'auth.secret',
      rule: 'present',
      message: 'Put the secret into the environment variable HEARBACK_SECRET_NONE',
    });
    await expect(read({ file: 'none' })).rejects.toThrow('Put the secret into the file none');
    await expect(read({ file: 'empty' })).rejects.toThrow('Put the secret into the file empty');
  });
  it('does not come through a link that leaves the folder', async () =>
    await expect(read({ file: 'out' })).rejects.toMatchObject({ rule: 'folder' }));
  it('is one line, since the error of a broken header would show it', async () =>
    await expect(read({ env: 'HEARBACK_SECRET_TWO' })).rejects.toMatchObject({ rule: 'text' }));
});

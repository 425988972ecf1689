import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readSecret } from '../http/secret.js';
import { checkSettings } from './settings.js';

const good = {
  baseUrl: 'https://ods.moon.example.org/v7.1/api',
  tokenUrl: 'https://ods.moon.example.org/v7.1/api/oauth/token',
  clientId: 'a-key',
  secret: { env: 'HEARBACK_SECRET_EDFI' },
};
const broken = (change: object) =>
  checkSettings({ ...good, ...change }).map(({ field, rule }) => `${field} ${rule}`);

describe('settings of Ed-Fi', () => {
  it('that keep every rule are taken, with and without what may be left out', () => {
    expect(checkSettings(good)).toEqual([]);
    expect(checkSettings({ ...good, schoolYear: 2027, pageSize: 500, timeoutMs: 60_000 })).toEqual([]);
  });
  it('must be https, except on this machine', () => {
    expect(broken({ baseUrl: 'http://ods.moon.example.org/api' })).toEqual(['baseUrl https']);
    expect(broken({ tokenUrl: 'http://ods.moon.example.org/token' })).toEqual(['tokenUrl https']);
    expect(broken({ baseUrl: 'http://localhost:8001/api', tokenUrl: 'http://127.0.0.1/t' })).toEqual([]);
    expect(broken({ baseUrl: 'http://localhost.example.org/api' })).toEqual(['baseUrl https']);
  });
  it('must not have a password in an address, nor anything behind it', () => {
    expect(broken({ baseUrl: 'https://me:hush@ods.example.org/api' })).toEqual(['baseUrl credentials']);
    expect(broken({ baseUrl: 'https://ods.example.org/api?tenant=1' })).toEqual(['baseUrl plain']);
    expect(broken({ tokenUrl: 'ftp://ods.example.org/token' })).toEqual(['tokenUrl url']);
  });
  it('tell every broken field at once, with what to do', () => {
    expect(broken({ clientId: 'a:b', pageSize: 501, timeoutMs: 5, schoolYear: '2027' })).toEqual([
      'clientId pattern',
      'schoolYear range',
      'pageSize range',
      'timeoutMs range',
    ]);
    expect(checkSettings({ ...good, pageSize: 501 })[0]?.message).toBe(
      'pageSize must be a whole number from 2 to 500',
    );
    expect(checkSettings(null)).toMatchObject([{ rule: 'object' }]);
  });
  it('name a secret by exactly one reference, of our variables or below the folder of secrets', () => {
    expect(broken({ secret: { env: 'PATH' } })).toEqual(['secret.env pattern']);
    expect(broken({ secret: { file: '/etc/passwd' } })).toEqual(['secret.file folder']);
    expect(broken({ secret: { file: '/run/secrets/../../etc/passwd' } })).toEqual(['secret.file folder']);
    expect(broken({ secret: { file: '/run/secrets/edfi' } })).toEqual([]);
    expect(broken({ secret: { env: 'HEARBACK_SECRET_A', file: '/run/secrets/a' } })).toEqual(['secret one']);
    expect(broken({ secret: 'hunter2' })).toEqual(['secret one']);
  });
});

describe('a secret', () => {
  let folder: string;
  const env = () => ({ HEARBACK_SECRETS_DIR: join(folder, 'secrets'), HEARBACK_SECRET_A: 'of the variable' });
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secret-'));
    await mkdir(join(folder, 'secrets', '..data'), { recursive: true });
    await writeFile(join(folder, 'secrets', '..data', 'edfi'), 'of the file\n');
    await symlink(join('..data', 'edfi'), join(folder, 'secrets', 'edfi'));
    await writeFile(join(folder, 'elsewhere'), 'not for us');
    await symlink(join(folder, 'elsewhere'), join(folder, 'secrets', 'leads-out'));
    await writeFile(join(folder, 'secrets', 'large'), 'x'.repeat(20_000));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const ofFile = (name: string) => readSecret({ file: join(folder, 'secrets', name) }, env());

  it('is read of a variable', async () =>
    expect(await readSecret({ env: 'HEARBACK_SECRET_A' }, env())).toBe('of the variable'));
  it('is read of a file without its last line break, also through a link below the folder', async () =>
    expect(await ofFile('edfi')).toBe('of the file'));
  it('is not read through a link that leads out of the folder', async () =>
    expect(ofFile('leads-out')).rejects.toThrow('is missing'));
  it('is missed with the name of its reference', async () => {
    await expect(readSecret({ env: 'HEARBACK_SECRET_B' }, env())).rejects.toThrow('HEARBACK_SECRET_B');
    await expect(ofFile('none')).rejects.toThrow('none is missing');
    await expect(ofFile('large')).rejects.toThrow('longer than');
  });
});

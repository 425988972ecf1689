import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkSecret, readSecret } from './secret.js';

describe('a reference to a secret', () => {
  const rule = (ref: unknown): string | undefined => checkSecret('secret', ref, {})?.rule;
  it.each<[string, unknown, string | undefined]>([
    ['one of our variables', { env: 'HEARBACK_SECRET_A' }, undefined],
    ['a file of the folder', { file: '/run/secrets/a' }, undefined],
    ['the secret itself', 'hunter2', 'secretRef'],
    ['two references', { env: 'HEARBACK_SECRET_A', file: 'a' }, 'secretRef'],
    ['any variable', { env: 'HEARBACK_SECRET' }, 'name'],
    ['any file', { file: '/etc/passwd' }, 'folder'],
    ['a path that climbs', { file: '/run/secrets/../../etc/passwd' }, 'folder'],
    ['the folder itself', { file: '/run/secrets' }, 'folder'],
    ['a folder that begins alike', { file: '/run/secrets2/x' }, 'folder'],
  ])('that is %s', (_, ref, expected) => expect(rule(ref)).toBe(expected));
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
    await writeFile(join(root, 'secrets', 'large'), 'x'.repeat(20_000));
    await symlink(join('..data', 'sis'), join(root, 'secrets', 'sis'));
    await symlink(join(root, 'outside'), join(root, 'secrets', 'out'));
  });
  afterAll(() => rm(root, { recursive: true }));
  const read = (ref: { env: string } | { file: string }): Promise<string> => readSecret(ref, env);

  it('comes from the environment', async () =>
    expect(await read({ env: 'HEARBACK_SECRET_SIS' })).toBe('moon & stars'));
  it('comes from a file, through links within the folder as Kubernetes makes them', async () => {
    expect(await read({ file: join(root, 'secrets', 'sis') })).toBe('from a file');
    expect(await read({ file: 'sis' })).toBe('from a file');
  });
  it('that is missing says what to set', async () => {
    await expect(read({ env: 'HEARBACK_SECRET_NONE' })).rejects.toThrow(
      'Put the secret into the environment variable HEARBACK_SECRET_NONE',
    );
    await expect(read({ file: 'none' })).rejects.toThrow('Put the secret into the file none');
    await expect(read({ file: 'empty' })).rejects.toThrow('Put the secret into the file empty');
  });
  it('does not come through a link that leaves the folder', async () =>
    await expect(read({ file: 'out' })).rejects.toThrow('is a link that leaves'));
  it('is not a large file', async () =>
    await expect(read({ file: 'large' })).rejects.toThrow('is longer than'));
  it('is one line, since the error of a broken header would show it', async () =>
    await expect(read({ env: 'HEARBACK_SECRET_TWO' })).rejects.toThrow('must be one line'));
});

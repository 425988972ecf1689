import { beforeAll, expect, it } from '@jest/globals';
import { newKey, seal, unseal, unwrap } from './seal.js';

beforeAll(() => {
  process.env['HEARBACK_SECRET'] = 'cd'.repeat(32);
});

it('seals words so that only the key of their input reads them', async () => {
  const { key } = newKey();
  const sealed = seal(key, { text: 'The bus is late again.' });
  expect(sealed).not.toContain('bus');
  expect(await unseal(key, sealed)).toEqual({ text: 'The bus is late again.' });
  await expect(unseal(newKey().key, sealed)).rejects.toThrow();
});

it('wraps a key, and gives the same key back', () => {
  const { key, wrapped } = newKey();
  expect(wrapped).toMatch(/^v1\./);
  expect(Buffer.from(unwrap(wrapped))).toEqual(Buffer.from(key));
});

it('refuses a wrapped key that was tampered with', () => {
  const { wrapped } = newKey();
  const other = wrapped.slice(0, -2) + (wrapped.endsWith('AA') ? 'BB' : 'AA');
  expect(() => unwrap(other)).toThrow();
});

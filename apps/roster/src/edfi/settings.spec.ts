import { describe, expect, it } from '@jest/globals';
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
    expect(broken({ baseUrl: 'https://ods.example.org/api?tenant=1' })).toEqual(['baseUrl path']);
    expect(broken({ tokenUrl: 'ftp://ods.example.org/token' })).toEqual(['tokenUrl https']);
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
  it('name a secret, and never hold it', () => {
    expect(broken({ secret: { env: 'PATH' } })).toEqual(['secret name']);
    expect(broken({ secret: { file: '/etc/passwd' } })).toEqual(['secret folder']);
    expect(broken({ secret: 'hunter2' })).toEqual(['secret secretRef']);
  });
});

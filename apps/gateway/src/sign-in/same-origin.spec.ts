import { describe, expect, it } from '@jest/globals';
import { isSameOrigin, isUnsafe } from './same-origin.js';

const site = 'https://hear.example';
describe('a request with a cookie', () => {
  it('from a page of this site is believed', () => {
    expect(isSameOrigin({ 'sec-fetch-site': 'same-origin' }, site)).toBe(true);
    expect(isSameOrigin({ origin: site }, site)).toBe(true);
    expect(isSameOrigin({ origin: 'http://127.0.0.1:8080', host: '127.0.0.1:8080' }, site)).toBe(true);
  });
  it('from anywhere else, or from nowhere, is not', () => {
    for (const where of ['cross-site', 'same-site', 'none'])
      expect(isSameOrigin({ 'sec-fetch-site': where, origin: site }, site)).toBe(false);
    expect(isSameOrigin({ origin: 'https://evil.example', host: 'hear.example' }, site)).toBe(false);
    expect(isSameOrigin({ origin: 'null' }, site)).toBe(false);
    expect(isSameOrigin({}, site)).toBe(false);
  });
  it('needs to be believed only when it may change something', () =>
    expect(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH'].map(isUnsafe)).toEqual([
      false,
      false,
      true,
      true,
      true,
      true,
    ]));
});

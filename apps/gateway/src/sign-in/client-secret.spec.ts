import { describe, expect, it } from '@jest/globals';
import { clientSecret } from './issuer.js';

const set = (HEARBACK_CLIENT_SECRET?: string) => (HEARBACK_CLIENT_SECRET ? { HEARBACK_CLIENT_SECRET } : {});

describe('the client’s secret', () => {
  it.each([
    'http://localhost:8090',
    'http://127.0.0.1:8090',
    'http://issuer.localhost:8090',
    'http://[::1]:8090',
  ])('may be the public one for the development issuer at %s', (issuer) =>
    expect(clientSecret(set(), issuer)).toBe('development-only'),
  );
  it.each(['https://login.example.org', 'https://localhost.example.org', 'https://127.0.0.1.example.org'])(
    'must be set for %s, and the refusal says so',
    (issuer) => {
      expect(() => clientSecret(set(), issuer)).toThrow(/HEARBACK_CLIENT_SECRET must be set/);
      expect(() => clientSecret(set('development-only'), issuer)).toThrow();
      expect(clientSecret(set('its own'), issuer)).toBe('its own');
    },
  );
});

import { describe, expect, it } from '@jest/globals';
import { clientAddress } from './pass-on.js';

const from = (forwarded?: string | string[]) => ({
  ip: '10.0.0.1',
  headers: forwarded ? { 'x-forwarded-for': forwarded } : {},
});

describe('the address that services count callers by', () => {
  it('is the connection’s, whatever a header says', () =>
    expect(clientAddress(from('203.0.113.7'), false)).toBe('10.0.0.1'));
  it('is the one that the trusted proxy wrote last', () => {
    expect(clientAddress(from('6.6.6.6, 203.0.113.7'), true)).toBe('203.0.113.7');
    expect(clientAddress(from(['6.6.6.6', '2001:db8::7']), true)).toBe('2001:db8::7');
  });
  it('is the connection’s where the proxy wrote none', () => {
    expect(clientAddress(from(), true)).toBe('10.0.0.1');
    expect(clientAddress(from('6.6.6.6, unknown'), true)).toBe('10.0.0.1');
  });
});

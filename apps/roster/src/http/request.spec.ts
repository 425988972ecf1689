import { describe, expect, it } from '@jest/globals';
import { askedToWait } from './request.js';

describe('Retry-After', () => {
  const now = Date.parse('2026-11-01T12:00:00Z');
  const asked = (text?: string): number | undefined =>
    askedToWait(new Headers(text === undefined ? {} : { 'retry-after': text }), now);

  it('is read in seconds', () => expect(asked('7')).toBe(7_000));
  it('is read as a date', () => expect(asked('Sun, 01 Nov 2026 12:00:30 GMT')).toBe(30_000));
  it('of the past asks for no wait', () => expect(asked('Sun, 01 Nov 2026 11:00:00 GMT')).toBe(0));
  it('is believed, however long it is', () => {
    expect(asked('86400')).toBe(86_400_000);
    expect(asked('Mon, 02 Nov 2026 12:00:00 GMT')).toBe(86_400_000);
  });
  it('that is missing or says nothing is as if it were not there', () => {
    expect(asked()).toBeUndefined();
    expect(asked('soon')).toBeUndefined();
  });
});

import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Digests } from './digests.js';

const digest = (): string => randomBytes(18).toString('base64url');

describe('digests', () => {
  it('are found again, however many came, however often, and whenever somebody asks', () => {
    const [there, others] = [Array.from({ length: 5_000 }, digest), Array.from({ length: 5_000 }, digest)];
    const digests = new Digests();
    expect(digests.has(there[0]!)).toBe(false);
    for (let time = 0; time < 3; time += 1) {
      for (const one of there) digests.add(one);
      expect(there.every((one) => digests.has(one))).toBe(true);
      expect(others.some((one) => digests.has(one))).toBe(false);
    }
    for (const one of others) digests.add(one);
    expect([...there, ...others].every((one) => digests.has(one))).toBe(true);
  });
});

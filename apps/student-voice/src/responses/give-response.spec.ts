import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import { GiveResponseRequest, charactersOf } from './give-response.js';

const isTaken = (...answers: unknown[]) =>
  validateSync(Object.assign(new GiveResponseRequest(), { answers })).length === 0;

describe('the answers of a response', () => {
  it('may each be as long as any text', () => {
    expect(isTaken('x'.repeat(10_000), '')).toBe(true);
    expect(isTaken('x'.repeat(10_001), '')).toBe(false);
  });
  it('are counted together, an emoji as one', () => {
    expect(charactersOf(['😀'.repeat(9_998), 'no'])).toBe(10_000);
    expect(charactersOf(['', ''])).toBe(0);
  });
});

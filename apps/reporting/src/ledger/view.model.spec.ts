import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { rowOf } from './loop-logs.js';
import { TwoSides, twoSidedSteps } from './two-sides.given.js';
import { view } from './view.js';

describe('a ledger row, beside its origin', () => {
  it('says what the origin says, once each side has heard of everything', () => {
    fc.assert(
      fc.property(twoSidedSteps, (all) => {
        const sides = new TwoSides();
        for (const [what, pick] of all) sides.step(what, pick);
        sides.settle();
        expect(view(rowOf(...sides.facts()).facts).state).toBe(sides.state);
      }),
      { numRuns: 2_000 },
    );
  });
});

import { explore } from '../models/explore.js';
import type { Scenario } from '../suite/scenario.js';

/** No engines: whole logs of several inputs through messaging's own batches, over documents in memory. */
export const scenario: Scenario = {
  name: 'interleavings',
  promise:
    'The logs of loops, interleaved, repeated and replayed in any way, make the same rows and the same roll-ups.',
  counts: { quick: 100, faults: 2_000, soak: 200_000 },
  async run(round) {
    return { runs: await explore(['logs interleaved'], round) };
  },
};

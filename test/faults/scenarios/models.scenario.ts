import { explore } from '../models/explore.js';
import { aggregates } from '../models/properties.js';
import type { PropertyName } from '../models/properties.js';
import type { Scenario } from '../suite/scenario.js';

/** No engines: each aggregate's own functions, in messaging's document, beside a model that shares no code with them. */
export const scenario: Scenario = {
  name: 'models',
  promise:
    'Whatever is done to an aggregate in whatever order, it does what its model says, and three agree on one loop.',
  counts: { quick: 100, faults: 2_000, soak: 200_000 },
  async run(round) {
    const names = Object.keys(aggregates) as PropertyName[];
    return { aggregates: names.join(', '), sequences: await explore(names, round) };
  },
};

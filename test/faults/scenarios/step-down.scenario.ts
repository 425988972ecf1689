import { engines as testEngines, replicaSet } from '#testing';
import { chance } from '../suite/chance.js';
import { holds } from '../suite/invariants.js';
import { Load } from '../suite/load.js';
import type { Scenario } from '../suite/scenario.js';
import { onDistrict, pause, untilReady } from '../suite/stage.js';

export const scenario: Scenario = {
  name: 'step-down',
  promise: 'the primary of a replica set of three steps down under load, and another takes over',
  counts: { quick: 0, faults: 3, soak: 100 },
  round: 8,
  async run({ count, seed, tell }) {
    const { kafka, stop } = await testEngines();
    const set = await replicaSet();
    try {
      return await onDistrict(
        async (district) => {
          const load = new Load(district, seed, { walkers: 6, crowd: 4 });
          const choice = chance(seed).of('step-downs');
          let longest = 0;
          load.start();
          await load.accepted(10);
          for (let n = 1; n <= count; n += 1) {
            await pause(1_000 + choice.below(3_000));
            const without = await set.stepDown();
            longest = Math.max(longest, without);
            const took = await untilReady(district, tell);
            tell(`step-down ${n} of ${count}: no primary for ${without} ms, all ready ${took} ms later`);
            // The one that stepped down does not stand again before that.
            await load.accepted(20);
            await pause(20_000 - Math.min(took, 19_000));
          }
          await load.rest();
          await holds(district, load, { reconciled: true, tell });
          return { stepDowns: count, withoutPrimaryMaxMs: longest, ...load.figures() };
        },
        {},
        { engines: { kafka, mongo: set.url, stop: async () => undefined } },
      );
    } finally {
      await set.stop();
      await stop();
    }
  },
};

import { chance } from '../suite/chance.js';
import { holds } from '../suite/invariants.js';
import { Load, services } from '../suite/load.js';
import type { Scenario } from '../suite/scenario.js';
import { onDistrict, pause } from '../suite/stage.js';

/** A supervisor starts a killed service again at once; so the next death often falls into the return of the last. */
export const scenario: Scenario = {
  name: 'kill-service',
  promise:
    'kill -9 of a random service under load: nothing that was acknowledged is lost, nothing is doubled',
  counts: { quick: 5, faults: 30, soak: 1_000 },
  run: ({ length, count, seed, tell }) =>
    onDistrict(async (district) => {
      const load = new Load(district, seed, { walkers: 6, crowd: 3 });
      const choice = chance(seed).of('kills');
      load.start();
      await load.accepted(10);
      for (let kill = 1; kill <= count; kill += 1) {
        await pause(300 + choice.below(2_700));
        const victim = choice.pick(services);
        tell(`kill ${kill} of ${count}: ${victim}, with ${load.walks.length} inputs accepted`);
        await district.kill(victim);
      }
      await load.rest();
      await holds(district, load, { reconciled: length !== 'quick', tell });
      return { kills: count, ...load.figures() };
    }),
};

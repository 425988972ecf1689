import { chance } from '../suite/chance.js';
import { holds } from '../suite/invariants.js';
import { Load, services } from '../suite/load.js';
import type { Scenario } from '../suite/scenario.js';
import { onDistrict, pause, untilReady } from '../suite/stage.js';

/** Mostly the one that is killed is at work; sometimes its death falls into the return from the last one. */
const atWork = 0.8;

export const scenario: Scenario = {
  name: 'kill-service',
  promise:
    'kill -9 of a random service under load: nothing that was acknowledged is lost, nothing is doubled',
  counts: { quick: 5, faults: 30, soak: 1_000 },
  round: 60,
  run: ({ length, count, seed, tell }) =>
    onDistrict(async (district) => {
      const load = new Load(district, seed, { walkers: 6, crowd: 3 });
      const choice = chance(seed).of('kills');
      let whileAtWork = 0;
      load.start();
      await load.accepted(10);
      for (let kill = 1; kill <= count; kill += 1) {
        await pause(300 + choice.below(1_200));
        const victim = choice.pick(services);
        if (choice.happens(atWork)) {
          await untilReady(district.running(victim), tell);
          await load.accepted(2);
          whileAtWork += 1;
        }
        tell(`kill ${kill} of ${count}: ${victim}, with ${load.walks.length} inputs accepted`);
        await district.kill(victim);
      }
      await load.rest();
      await holds(district, load, { reconciled: length !== 'quick', tell });
      return { kills: count, whileAtWork, ...load.figures() };
    }),
};

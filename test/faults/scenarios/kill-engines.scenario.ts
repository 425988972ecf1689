import { ownEngines } from '#testing';
import { chance } from '../suite/chance.js';
import { holds } from '../suite/invariants.js';
import { Load } from '../suite/load.js';
import type { Scenario } from '../suite/scenario.js';
import { onDistrict, pause, untilReady } from '../suite/stage.js';

export const scenario: Scenario = {
  name: 'kill-engines',
  promise: 'kill -9 of mongod and of the Kafka broker under load; each comes back on its data after 0 to 6 s',
  counts: { quick: 0, faults: 6, soak: 200 },
  round: 12,
  async run({ count, seed, tell }) {
    const engines = await ownEngines();
    try {
      return await onDistrict(
        async (district) => {
          const load = new Load(district, seed, { walkers: 6, crowd: 4 });
          const choice = chance(seed).of('engines');
          let slowest = 0;
          load.start();
          await load.accepted(10);
          for (let kill = 1; kill <= count; kill += 1) {
            const engine = kill % 2 === 1 ? 'mongo' : 'kafka';
            await pause(1_000 + choice.below(3_000));
            await engines.kill(engine);
            const awayMs = choice.below(6_000);
            await pause(awayMs);
            await engines.start(engine);
            const took = await untilReady(district, tell);
            slowest = Math.max(slowest, took);
            tell(
              `kill ${kill} of ${count}: ${engine}, away for ${awayMs} ms, all ready ${took} ms after its return`,
            );
          }
          await load.accepted(20);
          await load.rest();
          await holds(district, load, { reconciled: true, tell });
          return { kills: count, readyAgainMaxMs: slowest, ...load.figures() };
        },
        {},
        { engines },
      );
    } finally {
      await engines.stop();
    }
  },
};

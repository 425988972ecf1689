import type { Instance } from '#testing';
import { chance } from '../suite/chance.js';
import { holds } from '../suite/invariants.js';
import { Load } from '../suite/load.js';
import type { Scenario } from '../suite/scenario.js';
import { onDistrict, pause } from '../suite/stage.js';

const joining = ['casework', 'intake', 'reporting', 'student-voice', 'family-council'] as const;

export const scenario: Scenario = {
  name: 'rebalance-storm',
  promise: 'instances of services join and leave without pause, some by SIGTERM, some by SIGKILL',
  counts: { quick: 0, faults: 10, soak: 200 },
  round: 25,
  run: ({ count, seed, tell }) =>
    onDistrict(async (district) => {
      const extras: Instance[] = [];
      const addresses = (service: string): string[] =>
        extras.filter(({ name }) => name === service).map(({ url }) => url);
      const load = new Load(district, seed, { walkers: 6, crowd: 4, addresses });
      const choice = chance(seed).of('storm');
      let left = 0;
      load.start();
      for (let n = 1; n <= count; n += 1) {
        const name = choice.pick(joining);
        extras.push(await district.another(name));
        await pause(choice.below(2_000));
        const leaving = extras.length > 3 ? 1 + choice.below(2) : choice.below(2);
        for (const one of choice.shuffled(extras).slice(0, leaving)) {
          extras.splice(extras.indexOf(one), 1);
          const isKilled = choice.happens(0.4);
          tell(
            `storm ${n} of ${count}: ${name} joined, ${one.name} leaves by ${isKilled ? 'SIGKILL' : 'SIGTERM'}`,
          );
          if (isKilled) one.signal('SIGKILL');
          const { code } = isKilled ? await one.ended : await one.stop();
          if (!isKilled && code !== 0) throw new Error(`${one.name} ended with ${code} when asked to stop`);
          left += 1;
        }
      }
      await load.rest();
      await holds(district, load, { reconciled: true, tell });
      return { joined: count, left, ...load.figures() };
    }),
};

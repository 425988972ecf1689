import { eventually } from '#testing';
import { chance } from '../suite/chance.js';
import { holds } from '../suite/invariants.js';
import { Load } from '../suite/load.js';
import type { Scenario } from '../suite/scenario.js';
import { onDistrict, pause } from '../suite/stage.js';

const consumers = ['casework', 'reporting', 'intake', 'student-voice', 'family-council', 'roster'] as const;

/** test/faults/offsets.faults.spec.ts holds the documents byte for byte against each other, without load. */
export const scenario: Scenario = {
  name: 'offsets',
  promise: 'consumer groups lose their offsets and read every topic from the beginning, while people go on',
  counts: { quick: 0, faults: 3, soak: 20 },
  run: ({ count, seed, tell }) =>
    onDistrict(async (district) => {
      const load = new Load(district, seed, { walkers: 6, crowd: 6 });
      const choice = chance(seed).of('offsets');
      let again = 0;
      load.start();
      await load.accepted(60);
      for (let n = 1; n <= count; n += 1) {
        // All of them the first time, then some.
        const chosen = n === 1 ? consumers : choice.shuffled(consumers).slice(0, 1 + choice.below(3));
        await Promise.all(chosen.map((name) => district.stop(name)));
        let before = 0;
        for (const name of chosen) {
          const committed = await district.topics.committed(name);
          before += [...committed.values()].reduce((sum, offset) => sum + Math.max(0, Number(offset)), 0);
          await eventually(
            () =>
              district.topics.deleteGroup(name).then(
                () => true,
                () => false,
              ),
            `the group of ${name} to be deleted`,
          );
        }
        again += before;
        tell(`deletion ${n} of ${count}: ${chosen.join(', ')} read ${before} messages again`);
        await Promise.all(chosen.map((name) => district.start(name)));
        await load.accepted(30);
        await pause(1_000);
      }
      await load.rest();
      await holds(district, load, { reconciled: true, tell });
      return { deletions: count, messagesReadAgain: again, ...load.figures() };
    }),
};

import { ownEngines } from '#testing';
import type { Door, Proxy } from '#testing';
import { chance } from '../suite/chance.js';
import type { Chance } from '../suite/chance.js';
import { holds } from '../suite/invariants.js';
import { Load } from '../suite/load.js';
import type { Scenario } from '../suite/scenario.js';
import { onDistrict, pause, untilReady } from '../suite/stage.js';

const behindDoors = ['intake', 'casework', 'reporting', 'student-voice', 'family-council'] as const;

/** What may become of a connection; in order, so that every run has each of them. */
const faults = ['cut', 'mute', 'slow', 'hang', 'flutter', 'narrow'] as const;
type Fault = (typeof faults)[number];

export const scenario: Scenario = {
  name: 'slow-network',
  promise:
    'the connection of one service to MongoDB or Kafka is cut, mute, slow, hung, fluttering or narrow for a time',
  counts: { quick: 0, faults: 6, soak: 200 },
  async run({ count, seed, tell }) {
    const engines = await ownEngines(behindDoors.length);
    const doors = new Map<string, Door>(behindDoors.map((name, i) => [name, engines.doors[i]!]));
    try {
      return await onDistrict(
        async (district) => {
          const load = new Load(district, seed, { walkers: 6, crowd: 4 });
          const choice = chance(seed).of('network');
          const first = choice.below(2);
          let slowest = 0;
          load.start();
          await load.accepted(10);
          for (let n = 1; n <= count; n += 1) {
            const name = choice.pick(behindDoors);
            const engine = (n + first) % 2 === 0 ? 'mongo' : 'kafka';
            const fault = faults[(n - 1) % faults.length]!;
            await pause(1_000 + choice.below(1_000));
            tell(`fault ${n} of ${count}: ${fault} between ${name} and ${engine}`);
            await spoil(doors.get(name)![engine], fault, choice);
            slowest = Math.max(slowest, await untilReady(district, tell));
            await load.accepted(15);
          }
          await load.rest();
          await holds(district, load, { reconciled: true, tell });
          const { length: servicesEnded } = district.exits;
          return { faults: count, readyAgainMaxMs: slowest, servicesEnded, ...load.figures() };
        },
        {},
        { engines, envOf: (name) => doors.get(name)?.env ?? {} },
      );
    } finally {
      await engines.stop();
    }
  },
};

async function spoil(proxy: Proxy, fault: Fault, choice: Chance): Promise<void> {
  const for_ = (seconds: number): Promise<void> => pause(seconds * 1_000 + choice.below(2_000));
  switch (fault) {
    case 'cut':
      proxy.cut();
      await for_(3);
      break;
    case 'mute':
      // What was asked is done, and nobody hears of it: then the connection is lost.
      proxy.set({ mute: true });
      await pause(300 + choice.below(1_500));
      proxy.cut();
      break;
    case 'slow':
      proxy.set({ delayMs: 150 });
      await for_(10);
      break;
    case 'hang':
      proxy.set({ hangs: true });
      await for_(12);
      break;
    case 'flutter':
      for (let i = 0; i < 6; i += 1) {
        proxy.cut();
        await pause(choice.below(500));
        proxy.set({});
        await pause(choice.below(2_000));
      }
      break;
    case 'narrow':
      proxy.set({ bytesPerSecond: 40_000 });
      await for_(8);
      break;
  }
  proxy.set({});
}

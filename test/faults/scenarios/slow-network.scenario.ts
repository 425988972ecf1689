import { ownEngines } from '#testing';
import type { Door, EngineName, Proxy, Spoilt } from '#testing';
import { chance } from '../suite/chance.js';
import type { Chance } from '../suite/chance.js';
import { holds } from '../suite/invariants.js';
import { Load } from '../suite/load.js';
import type { Scenario } from '../suite/scenario.js';
import { onDistrict, pause, untilReady } from '../suite/stage.js';

const behindDoors = ['intake', 'casework', 'reporting', 'student-voice', 'family-council'] as const;

/** What may become of a connection, and what shows that it did: nobody suffers from a fault that meets no traffic. */
const faults = {
  cut: ({ cut, refused }) => cut + refused,
  mute: ({ held }) => held,
  slow: ({ delayed }) => delayed,
  hang: ({ held }) => held,
  flutter: ({ cut, refused }) => cut + refused,
  narrow: ({ delayed }) => delayed,
} satisfies Record<string, (spoilt: Readonly<Spoilt>) => number>;
type Fault = keyof typeof faults;

/** Each of them on each engine: a run of `faults` has them all. */
const combinations = (Object.keys(faults) as Fault[]).flatMap((fault) =>
  (['mongo', 'kafka'] as const).map((engine): [Fault, EngineName] => [fault, engine]),
);

/** How much longer a fault lasts that has met nothing yet, in ms. */
const biteWithinMs = 30_000;

export const scenario: Scenario = {
  name: 'slow-network',
  promise:
    'the connection of one service to MongoDB or Kafka is cut, mute, slow, hung, fluttering or narrow for a time',
  counts: { quick: 0, faults: 12, soak: 200 },
  round: 24,
  async run({ count, seed, tell }) {
    const engines = await ownEngines(behindDoors.length);
    const doors = new Map<string, Door>(behindDoors.map((name, i) => [name, engines.doors[i]!]));
    try {
      return await onDistrict(
        async (district) => {
          const load = new Load(district, seed, { walkers: 6, crowd: 4 });
          const choice = chance(seed).of('network');
          const inTurn = choice.shuffled(combinations);
          // Five in turn beside twelve in turn: each service suffers twice at least.
          const sufferers = choice.shuffled(behindDoors);
          let slowest = 0;
          load.start();
          await load.accepted(10);
          for (let n = 1; n <= count; n += 1) {
            const name = sufferers[n % sufferers.length]!;
            const [fault, engine] = inTurn[n % inTurn.length]!;
            await pause(1_000 + choice.below(1_000));
            const what = `${fault} between ${name} and ${engine}`;
            const bites = await spoil(doors.get(name)![engine], fault, choice);
            if (bites === 0) throw new Error(`fault ${n}, ${what}, did not bite: nothing passed there`);
            tell(`fault ${n} of ${count}: ${what}, bit ${bites} times`);
            slowest = Math.max(slowest, await untilReady(district, tell));
            await load.accepted(15);
          }
          await load.rest();
          await holds(district, load, { reconciled: true, tell });
          return { faults: count, readyAgainMaxMs: slowest, ...load.figures() };
        },
        {},
        { engines, envOf: (name) => doors.get(name)?.env ?? {} },
      );
    } finally {
      await engines.stop();
    }
  },
};

/** @returns how many connections or chunks of the service it met. */
async function spoil(proxy: Proxy, fault: Fault, choice: Chance): Promise<number> {
  const before = faults[fault](proxy.spoilt);
  const bites = (): number => faults[fault](proxy.spoilt) - before;
  const bitten = async (): Promise<void> => {
    for (const until = Date.now() + biteWithinMs; bites() === 0 && Date.now() < until;) await pause(100);
  };
  const for_ = async (seconds: number): Promise<void> => {
    await pause(seconds * 1_000 + choice.below(2_000));
    await bitten();
  };
  switch (fault) {
    case 'cut':
      proxy.cut();
      await for_(3);
      break;
    case 'mute':
      // What was asked is done, and nobody hears of it: then the connection is lost.
      proxy.set({ mute: true });
      await pause(300 + choice.below(1_500));
      await bitten();
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
  return bites();
}

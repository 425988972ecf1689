import { ownEngines } from '#testing';
import type { Door, OwnEngines } from '#testing';
import { chance } from '../suite/chance.js';
import type { Chance } from '../suite/chance.js';
import { holds } from '../suite/invariants.js';
import { Load } from '../suite/load.js';
import { watchMemory } from '../suite/memory.js';
import type { Scenario } from '../suite/scenario.js';
import { onDistrict, pause, untilReady } from '../suite/stage.js';

const outages = [
  'mongo away',
  'kafka away',
  'intake cannot know what it wrote',
  'mongo hangs',
  'kafka hangs',
  'mongo slow for intake',
] as const;
type Outage = (typeof outages)[number];

/** No service may have more than that, in MB, whatever is down and whoever waits. */
const boundMb = 450;

export const scenario: Scenario = {
  name: 'down',
  promise:
    'MongoDB or Kafka is away, hangs or is slow under load: memory is bounded, callers are told to come back, and it comes back by itself',
  counts: { quick: 0, faults: 6, soak: 60 },
  async run({ count, seed, tell }) {
    const engines = await ownEngines(1);
    try {
      return await onDistrict(
        async (district) => {
          const load = new Load(district, seed, { walkers: 6, crowd: 15 });
          const choice = chance(seed).of('outages');
          const memory = watchMemory(district);
          let slowest = 0;
          let takenWithoutKafka = 0;
          load.start();
          await load.accepted(30);
          for (let n = 1; n <= count; n += 1) {
            const outage = outages[(n - 1) % outages.length]!;
            const before = load.walks.length;
            await suffer(outage, engines, choice);
            const meanwhile = load.walks.length - before;
            if (outage.startsWith('kafka')) {
              takenWithoutKafka += meanwhile;
              if (meanwhile === 0) throw new Error(`${outage}: nothing was accepted, and MongoDB was there`);
            }
            const took = await untilReady(district, tell);
            slowest = Math.max(slowest, took);
            tell(
              `outage ${n} of ${count}: ${outage}; ${meanwhile} accepted meanwhile, all ready ${took} ms later, ${memory.most()} MB at most`,
            );
            await load.accepted(30);
          }
          await load.rest();
          const mostMb = memory.most();
          tell(JSON.stringify(memory.stop()));
          if (mostMb > boundMb) throw new Error(`a service had ${mostMb} MB, more than ${boundMb}`);
          await holds(district, load, { reconciled: true, tell });
          const ended = { servicesEnded: district.exits.length, readyAgainMaxMs: slowest };
          return { outages: count, takenWithoutKafka, ...ended, ...memory.stop(), ...load.figures() };
        },
        {},
        { engines, envOf: (name) => (name === 'intake' ? engines.doors[0]!.env : {}) },
      );
    } finally {
      await engines.stop();
    }
  },
};

async function suffer(outage: Outage, engines: OwnEngines, choice: Chance): Promise<void> {
  const [door] = engines.doors as [Door];
  const long = 12_000 + choice.below(6_000);
  switch (outage) {
    case 'mongo away':
    case 'kafka away': {
      const engine = outage === 'mongo away' ? 'mongo' : 'kafka';
      await engines.kill(engine);
      await pause(long);
      return engines.start(engine);
    }
    case 'mongo hangs':
    case 'kafka hangs': {
      const engine = outage === 'mongo hangs' ? 'mongo' : 'kafka';
      engines.signal(engine, 'SIGSTOP');
      await pause(long);
      return engines.signal(engine, 'SIGCONT');
    }
    case 'mongo slow for intake':
      door.mongo.set({ delayMs: 400 });
      await pause(long);
      return door.mongo.set({});
    case 'intake cannot know what it wrote':
      for (let i = 0; i < 5; i += 1) {
        door.mongo.set({ mute: true });
        await pause(200 + choice.below(400));
        door.mongo.cut();
        door.mongo.set({});
        await pause(1_500);
      }
  }
}

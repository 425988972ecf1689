import { ownEngines } from '#testing';
import type { Call, District, Door, OwnEngines } from '#testing';
import { chance } from '../suite/chance.js';
import type { Chance } from '../suite/chance.js';
import { holds } from '../suite/invariants.js';
import { Load } from '../suite/load.js';
import { watchMemory } from '../suite/memory.js';
import { origins } from '../suite/origins.js';
import { nobody, patient } from '../suite/patient.js';
import type { Ask } from '../suite/patient.js';
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

/** Longer than the fifteen seconds within which every service answers by itself: whoever waits for that long hangs. */
const answerWithinMs = 20_000;

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
          let refusedMaxMs = 0;
          load.start();
          await load.accepted(30);
          for (let n = 1; n <= count; n += 1) {
            const outage = outages[(n - 1) % outages.length]!;
            const before = load.walks.length;
            const refusedIn = await suffer(outage, engines, choice, () =>
              unkept(district, load, `${n} ${outage}`),
            );
            refusedMaxMs = Math.max(refusedMaxMs, ...refusedIn);
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
          return {
            outages: count,
            takenWithoutKafka,
            refusedMaxMs,
            readyAgainMaxMs: slowest,
            ...memory.stop(),
            ...load.figures(),
          };
        },
        {},
        { engines, envOf: (name) => (name === 'intake' ? engines.doors[0]!.env : {}) },
      );
    } finally {
      await engines.stop();
    }
  },
};

/** @returns after how many ms each command was refused that could not be kept. */
async function suffer(
  outage: Outage,
  engines: OwnEngines,
  choice: Chance,
  commands: () => Unkept,
): Promise<number[]> {
  const [door] = engines.doors as [Door];
  const long = 12_000 + choice.below(6_000);
  switch (outage) {
    case 'mongo away':
      await engines.kill('mongo');
      return refusedFor(long, commands(), () => engines.start('mongo'));
    case 'mongo hangs':
      engines.signal('mongo', 'SIGSTOP');
      return refusedFor(long, commands(), async () => engines.signal('mongo', 'SIGCONT'));
    case 'kafka away':
      await engines.kill('kafka');
      await pause(long);
      await engines.start('kafka');
      break;
    case 'kafka hangs':
      engines.signal('kafka', 'SIGSTOP');
      await pause(long);
      engines.signal('kafka', 'SIGCONT');
      break;
    case 'mongo slow for intake':
      door.mongo.set({ delayMs: 400 });
      await pause(long);
      door.mongo.set({});
      break;
    case 'intake cannot know what it wrote':
      for (let i = 0; i < 5; i += 1) {
        door.mongo.set({ mute: true });
        await pause(200 + choice.below(400));
        door.mongo.cut();
        door.mongo.set({});
        await pause(1_500);
      }
  }
  return [];
}

/** Commands that come while nothing can be kept. */
interface Unkept {
  /** How long each was without an answer, in ms; rejects when one was not refused as the API says. */
  refused: Promise<number[]>;
  /** The same commands, sent again until they are taken. */
  taken: Promise<unknown>;
}

/** The engine is back only when all have been refused: what is answered then would not have been by the service alone. */
async function refusedFor(ms: number, commands: Unkept, back: () => Promise<void>): Promise<number[]> {
  let waits: number[];
  try {
    [waits] = await Promise.all([commands.refused, pause(ms)]);
  } finally {
    await back();
  }
  await commands.taken;
  return waits;
}

/** One command to each service that takes them. Each must be refused at first, and taken under the same key later. */
function unkept(district: District, load: Load, name: string): Unkept {
  const patiently = patient(district, chance(name), nobody());
  const raise =
    (origin: keyof typeof origins) =>
    async (ask: Ask): Promise<void> => {
      load.remember(name, await origins[origin](ask, load.tokens, name, false));
    };
  const commands = [
    raise('intake'),
    raise('student-voice'),
    raise('family-council'),
    async (ask: Ask): Promise<void> => {
      const auth = await load.tokens('member');
      await ask('POST', '/api/casework/cases/none/acknowledge', { auth, body: {} }, [404]);
    },
  ];
  const all = commands.map((command) => {
    const { promise: refused, resolve, reject } = Promise.withResolvers<number>();
    let isFirst = true;
    const taken = command(async <T>(method: string, path: string, call?: Call, also?: readonly number[]) => {
      if (isFirst) {
        isFirst = false;
        await refusal(district, method, path, call).then(resolve, reject);
      }
      return patiently<T>(method, path, call, also);
    });
    taken.catch(reject);
    return { refused, taken };
  });
  const taken = Promise.all(all.map((one) => one.taken));
  // Awaited only once the engine is back.
  taken.catch(() => undefined);
  return { refused: Promise.all(all.map((one) => one.refused)), taken };
}

/** @returns how long it took, in ms. @throws Error when it did not come in time, or does not say when to come back. */
async function refusal({ call }: District, method: string, path: string, what?: Call): Promise<number> {
  const begun = Date.now();
  const said = await call(method, path, { ...what, within: answerWithinMs }).catch((error: unknown) =>
    String((error as { cause?: Error }).cause ?? error),
  );
  const ms = Date.now() - begun;
  const comesBack =
    typeof said !== 'string' && said.status === 503 && Number(said.headers.get('retry-after')) > 0;
  if (comesBack) return ms;
  const got = typeof said === 'string' ? said : `${said.status} ${JSON.stringify(said.body)}`;
  throw new Error(
    `${method} ${path} was not told to come back, nothing could be kept: after ${ms} ms ${got}`,
  );
}

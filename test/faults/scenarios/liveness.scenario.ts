import { ownEngines } from '#testing';
import type { District, Door } from '#testing';
import { chance } from '../suite/chance.js';
import { holds } from '../suite/invariants.js';
import { Load, services } from '../suite/load.js';
import type { Scenario } from '../suite/scenario.js';
import { onDistrict, pause, untilReady } from '../suite/stage.js';

const victims = ['casework', 'intake', 'reporting', 'student-voice', 'family-council'] as const;
type Victim = (typeof victims)[number];
const patienceMs = 20_000;

export const scenario: Scenario = {
  name: 'liveness',
  promise:
    'a consumer that stands still is unhealthy and then dead (code 70), one without Kafka waits; SIGTERM under load ends in time',
  counts: { quick: 0, faults: 10, soak: 100 },
  async run({ count, seed, tell }) {
    const engines = await ownEngines(victims.length);
    const doors = new Map<string, Door>(victims.map((name, i) => [name, engines.doors[i]!]));
    try {
      return await onDistrict(
        async (district) => {
          const load = new Load(district, seed, { walkers: 6, crowd: 6 });
          const choice = chance(seed).of('liveness');
          load.start();
          await load.accepted(10);
          const stops = await stopAndStart(district, choice.shuffled(services), count, tell);
          const [lost, hung, waiting] = choice.shuffled(victims) as [Victim, Victim, Victim];
          doors.get(lost)!.mongo.cut();
          const lostMs = await diesOf(district, lost, tell);
          doors.get(lost)!.mongo.set({});
          await untilReady(district, tell);
          doors.get(hung)!.mongo.set({ hangs: true });
          const hungMs = await diesOf(district, hung, tell);
          doors.get(hung)!.mongo.set({});
          await untilReady(district, tell);
          doors.get(waiting)!.kafka.cut();
          await waitsWithoutKafka(district, waiting, tell);
          doors.get(waiting)!.kafka.set({});
          const backMs = await untilReady(district, tell);
          await load.accepted(20);
          await load.rest();
          await holds(district, load, { reconciled: true, tell });
          const deaths = {
            lostDatabaseDeadMaxMs: lostMs,
            hungBatchDeadMaxMs: hungMs,
            kafkaBackMaxMs: backMs,
          };
          return { ...stops, ...deaths, patienceMaxMs: patienceMs, ...load.figures() };
        },
        { HEARBACK_PATIENCE_MS: String(patienceMs) },
        { engines, envOf: (name) => doors.get(name)?.env ?? {} },
      );
    } finally {
      await engines.stop();
    }
  },
};

/** SIGTERM under load: each must end by itself, with 0, within ten seconds. */
async function stopAndStart(
  district: District,
  names: typeof services,
  count: number,
  tell: (line: string) => void,
): Promise<{ stops: number; stopMaxMs: number }> {
  let longest = 0;
  for (let n = 0; n < count; n += 1) {
    const name = names[n % names.length]!;
    const begun = Date.now();
    const { code, signal } = await district.stop(name);
    const ms = Date.now() - begun;
    tell(`stop ${n + 1} of ${count}: ${name} ended with ${code ?? signal} after ${ms} ms`);
    if (code !== 0 || ms > 10_000) throw new Error(`${name} ended with ${code ?? signal} after ${ms} ms`);
    longest = Math.max(longest, ms);
    await district.start(name);
  }
  return { stops: count, stopMaxMs: longest };
}

/** Not ready first, then ended with 70. @returns after how many ms it was dead. */
async function diesOf(district: District, name: Victim, tell: (line: string) => void): Promise<number> {
  const begun = Date.now();
  const { url, ended } = district.running(name);
  let unreadyMs = 0;
  const watching = (async () => {
    while (unreadyMs === 0) {
      const reply = await fetch(`${url}/health/ready`).catch(() => undefined);
      if (reply?.status === 503) unreadyMs = Date.now() - begun;
      await pause(100);
    }
  })();
  const late = pause(patienceMs * 3).then(() => undefined);
  const exit = await Promise.race([ended, late]);
  const deadMs = Date.now() - begun;
  if (!exit) throw new Error(`${name} lost its database and lives after ${deadMs} ms`);
  if (exit.code !== 70)
    throw new Error(`${name} lost its database and ended with ${exit.code ?? exit.signal}`);
  if (unreadyMs === 0) throw new Error(`${name} was ready until it died`);
  await watching;
  tell(`${name} without its database: not ready after ${unreadyMs} ms, dead after ${deadMs} ms`);
  return deadMs;
}

/** Kafka alone being away is no death. */
async function waitsWithoutKafka(
  district: District,
  name: Victim,
  tell: (line: string) => void,
): Promise<void> {
  const { url, pid } = district.running(name);
  await pause(patienceMs * 2);
  const reply = await fetch(`${url}/health/ready`);
  if (district.running(name).pid !== pid) throw new Error(`${name} died because Kafka was away`);
  if (reply.status !== 503) throw new Error(`${name} is ready without Kafka: ${reply.status}`);
  tell(`${name} without Kafka: not ready after ${patienceMs * 2} ms, and alive`);
}

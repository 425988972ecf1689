import { crashPoints } from '#messaging';
import type { CrashPoint } from '#messaging';
import type { District } from '#testing';
import { chance } from '../suite/chance.js';
import type { Chance } from '../suite/chance.js';
import { holds } from '../suite/invariants.js';
import { Load } from '../suite/load.js';
import type { Scenario } from '../suite/scenario.js';
import { onDistrict, pause, untilReady } from '../suite/stage.js';
import { Troubles } from '../suite/troubles.js';

const consumers = ['intake', 'casework', 'reporting', 'student-voice', 'family-council'] as const;
type Name = (typeof consumers)[number];
const writers: readonly Name[] = ['intake', 'casework', 'student-voice', 'family-council'];
/** Longer than a service takes to stand again and to have its turn at sweeping (12 s at most), in ms. */
const sweptWithinMs = 40_000;
/** Between two deaths at least, in ms: everybody who waits tries again once in that time. */
const breathMs = 1_500;

/** Who can come to a point at all. */
function ableTo(point: CrashPoint): readonly Name[] {
  if (/command write|publish|mark/.test(point)) return writers;
  // What dies between write and publish is found by the sweep; most surely where people speak up without end.
  if (/sweep/.test(point)) return ['intake'];
  if (/delivery/.test(point)) return ['intake', 'casework'];
  if (/roll-up/.test(point)) return ['reporting'];
  return consumers;
}

/** Every point `times` times, each by the service that has the least to do of those that can come there. */
function shareOut(times: number, choice: Chance): Map<Name, CrashPoint[]> {
  const duties = new Map<Name, CrashPoint[]>(consumers.map((name) => [name, []]));
  const all = choice.shuffled(Array.from({ length: times }, () => crashPoints).flat());
  for (const point of all.toSorted((a, b) => ableTo(a).length - ableTo(b).length)) {
    const able = choice.shuffled(ableTo(point));
    const [least] = able.toSorted((a, b) => duties.get(a)!.length - duties.get(b)!.length);
    duties.get(least!)!.push(point);
  }
  for (const [name, points] of duties) duties.set(name, choice.shuffled(points));
  return duties;
}

export const scenario: Scenario = {
  name: 'crash-points',
  promise: 'a service dies at every named point of an event’s way, under load; several services at a time',
  counts: { quick: 1, faults: 3, soak: 50 },
  run: ({ length, count, seed, tell }) =>
    onDistrict(async (district) => {
      const origins = ['intake', 'student-voice', 'family-council'] as const;
      // Some stay away for a while, so that it is the sweep that finds what their command left behind.
      const load = new Load(district, seed, {
        walkers: 6,
        crowd: 3,
        origins,
        crowdStaysAwayMs: sweptWithinMs,
      });
      const troubles = new Troubles(district, 'crash-points');
      const duties = shareOut(count, chance(seed).of('duties'));
      const left = [...duties.values()].flat();
      let deaths = 0;
      load.start();
      // Together, so that a service that does not die is told, and not what its end does to the others.
      await Promise.all([
        makeTroubles(troubles, left),
        ...(length === 'quick' ? [] : [makeMendable(troubles, load, left)]),
        ...[...duties].map(async ([name, points]) => {
          for (const point of points) {
            const died = await dieAt(district, name, point);
            deaths += died;
            left.splice(left.indexOf(point), 1);
            await letIn(district, name, tell);
            tell(`${name} died ${point}; ${left.length} to go`);
          }
        }),
      ]);
      await load.rest();
      const discarded = await troubles.clear(load);
      await holds(district, load, {
        reconciled: length !== 'quick',
        also: () => troubles.check(),
        tell,
      });
      // A text: over the rounds of a soak a number would be added up.
      return { points: `all ${crashPoints.length}`, deaths, discarded, ...load.figures() };
    }),
};

/** @returns how often it had to die for it. */
async function dieAt(district: District, name: Name, point: CrashPoint): Promise<number> {
  if (!point.includes('sweep')) {
    await district.dieAt(name, point);
    return 1;
  }
  // Sometimes the repeat of the command, or another one on the same input, is quicker and takes along what was left.
  for (let deaths = 2; ; deaths += 1) {
    await district.dieAt(name, 'before publish');
    try {
      await district.dieAt(name, point, sweptWithinMs);
      return deaths;
    } catch (error) {
      if (deaths > 9) throw error;
    }
  }
}

/** Waits until the one that died stands again, and half as long once more: who only ever finds it dead gives up. */
async function letIn(district: District, name: Name, tell: (line: string) => void): Promise<void> {
  const tookMs = await untilReady(district.running(name), (line) => tell(`${name} ${line}`), 'live');
  await pause(Math.max(breathMs, tookMs / 2));
}

/** While somebody is to die where events are parked or held, there are such events. */
async function makeTroubles(troubles: Troubles, left: readonly CrashPoint[]): Promise<void> {
  while (left.length > 0) {
    if (left.some((point) => /hold|release/.test(point))) await troubles.gap();
    if (left.some((point) => /park|replay/.test(point))) await troubles.failing();
    await pause(1_000);
  }
}

/** And while somebody is to die at a replay, there are such that succeed. */
async function makeMendable(troubles: Troubles, load: Load, left: readonly CrashPoint[]): Promise<void> {
  while (left.some((point) => /replay|release/.test(point))) await troubles.mendable(load);
}

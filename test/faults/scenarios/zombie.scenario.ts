import type { CrashPoint } from '#messaging';
import type { Instance } from '#testing';
import { chance } from '../suite/chance.js';
import { holds } from '../suite/invariants.js';
import { Load } from '../suite/load.js';
import type { Scenario } from '../suite/scenario.js';
import { onDistrict, pause } from '../suite/stage.js';

const victims = ['casework', 'intake', 'reporting', 'student-voice', 'family-council'] as const;
/** Where standing still is worst: something is half done, and others go on with it. */
const consuming: readonly CrashPoint[] = [
  ...(['before effect write', 'after effect write', 'before offset commit'] as const),
];
const writing: readonly CrashPoint[] = [
  ...([
    'before command write',
    'after command write',
    'before publish',
    'after publish',
    'before mark',
  ] as const),
];

/** Longer than the session (6 s) and than any lease (10 s at most). */
const stillMs = 13_000;

export const scenario: Scenario = {
  name: 'zombie',
  promise: 'an instance stands still past its session and leases while another works, and then goes on',
  counts: { quick: 1, faults: 10, soak: 300 },
  run: ({ length, count, seed, tell }) =>
    onDistrict(
      async (district) => {
        const extras = new Map<string, Instance>();
        const addresses = (service: string): string[] => {
          const extra = extras.get(service);
          return extra ? [extra.url] : [];
        };
        const load = new Load(district, seed, { walkers: 6, crowd: 4, addresses });
        const choice = chance(seed).of('zombies');
        let halted = 0;
        load.start();
        for (let zombie = 1; zombie <= count; zombie += 1) {
          const name = choice.pick(victims);
          const extra = await district.another(name);
          extras.set(name, extra);
          const point = choice.pick(name === 'reporting' ? consuming : [...consuming, ...writing]);
          await pause(500 + choice.below(1_000));
          const came = await extra.endAt(point, 'SIGSTOP', 15_000).then(
            () => true,
            () => false,
          );
          // Its partitions may be quiet; it stands still all the same.
          if (!came) extra.signal('SIGSTOP');
          halted += came ? 1 : 0;
          tell(`zombie ${zombie} of ${count}: ${name} stands still ${came ? point : 'somewhere'}`);
          await pause(stillMs + choice.below(2_000));
          extra.signal('SIGCONT');
          await pause(3_000);
          extras.delete(name);
          const { code } = await extra.stop();
          if (code !== 0 && code !== 70) throw new Error(`the zombie of ${name} ended with ${code}`);
        }
        await load.rest();
        await holds(district, load, { reconciled: length !== 'quick', tell });
        return { zombies: count, haltedAtPoint: halted, ...load.figures() };
      },
      { HEARBACK_SESSION_MS: '6000' },
    ),
};

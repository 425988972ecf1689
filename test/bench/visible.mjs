// At a steady 150 inputs a second, each sent at its own instant: how long after its 201 an input is in the team's queue,
// in the ledger, and routed in the ledger.
import { setTimeout as pause } from 'node:timers/promises';
import { inputBody, openLoop, poster, quantile, sorted, until } from './load.mjs';
import { measured } from './profile.mjs';
import { plainRow, say } from './row.mjs';
import { watchLive } from './sightings.mjs';
import { services, withStack } from './stack.mjs';

const perSecond = 150;
const seconds = Number(process.env.BENCH_SECONDS ?? 20);
const bars = { 'in the queue': 120, 'in the ledger': 150, 'routed in the ledger': 200 };

export const visible = () =>
  withStack({}, async (stack) => {
    await stack.schools();
    say('starting all services …');
    for (const name of services) await stack.start(name);
    say('warming up …');
    await run(stack, 20);
    const runs = [];
    for (let n = 1; n <= 3; n += 1) {
      const { result: waits, cores } = await measured(
        stack,
        `visible ${n}`,
        ['intake', 'casework', 'reporting'],
        () => run(stack, seconds),
      );
      const p99 = Object.entries(waits).map(([kind, ms]) => `${kind} ${quantile(ms, 0.99).toFixed(0)}`);
      say(`run ${n}: p99 in ms ${p99.join(', ')}`);
      runs.push({ waits, cores });
    }
    return Object.entries(bars).map(([kind, atMost]) =>
      plainRow({
        what: `accepted → ${kind}, p99 at ${perSecond}/s`,
        unit: 'ms',
        values: runs.map(({ waits }) => quantile(waits[kind], 0.99)),
        atMost,
        detail: {
          p50: runs.map(({ waits }) => quantile(waits[kind], 0.5)),
          ...(kind === 'in the queue' && { cores: runs.map(({ cores }) => cores) }),
        },
      }),
    );
  });

/** Milliseconds from each 201 to each sighting, sorted. */
async function run(stack, forSeconds) {
  const watched = Object.keys(bars).map((kind) => ({ kind, ...watchLive(stack, kind) }));
  await pause(500);
  const { post, close } = poster({
    port: stack.port('intake'),
    path: '/api/intake/inputs',
    connections: 64,
  });
  const accepted = new Map();
  await openLoop({
    perSecond,
    count: perSecond * forSeconds,
    one: async (n) => {
      const { inputId } = await post(inputBody(n));
      accepted.set(inputId, performance.now());
    },
  });
  await until('every input to be routed in the ledger', () =>
    watched.every(({ times }) => times.size >= accepted.size),
  );
  close();
  await Promise.all(watched.map((one) => one.close()));
  return Object.fromEntries(
    watched.map(({ kind, times }) => [
      kind,
      // An input may be seen before its 201 has travelled back: that is no time at all.
      sorted([...accepted].map(([id, at]) => Math.max(0, (times.get(id) ?? Infinity) - at))),
    ]),
  );
}

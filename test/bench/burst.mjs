// 5,000 inputs at once, 64 in flight: from the first POST until all are in the ledger, against the time that accepting
// them took. The last word counts: routed in the ledger, which is two hops after the 201.
import { closedLoop, inputBody, poster } from './load.mjs';
import { measured } from './profile.mjs';
import { ratioRow, say } from './row.mjs';
import { allRouted, now, seenSince } from './sightings.mjs';
import { services, withStack } from './stack.mjs';

const inFlight = 64;
const count = Number(process.env.BENCH_COUNT ?? 5_000);

export const burst = () =>
  withStack({}, async (stack) => {
    await stack.schools();
    say('starting all services …');
    for (const name of services) await stack.start(name);
    say('warming up …');
    await run(stack, 3_000);
    const runs = [];
    for (let n = 1; n <= 3; n += 1) {
      const { result, cores } = await measured(stack, `burst ${n}`, ['intake', 'casework', 'reporting'], () =>
        run(stack, count),
      );
      const { accepting, raised, routed } = result;
      say(
        `run ${n}: accepted in ${accepting} ms, in the ledger after ${raised} ms, routed after ${routed} ms`,
      );
      runs.push({ ...result, cores });
    }
    return [
      ratioRow({
        what: `a burst of ${count}, first POST → all routed in the ledger`,
        unit: 'ms',
        pairs: runs.map(({ accepting, routed }) => ({ ours: routed, limit: accepting })),
        atMost: 1.3,
        limitIs: 'accepting them',
        detail: {
          'all raised in the ledger, ms': runs.map(({ raised }) => raised),
          cores: runs.map(({ cores }) => cores),
        },
      }),
    ];
  });

/** Milliseconds from the first POST. */
async function run(stack, many) {
  const { post, close } = poster({
    port: stack.port('intake'),
    path: '/api/intake/inputs',
    connections: inFlight,
  });
  const begun = await now(stack);
  const { seconds } = await closedLoop({ inFlight, count: many, one: (n) => post(inputBody(n)) });
  close();
  const routed = await allRouted(stack, begun, many);
  const raised = await seenSince(stack, 'in the ledger', begun);
  return {
    accepting: Math.round(seconds * 1000),
    raised: raised.last - begun.ms,
    routed: routed.last - begun.ms,
  };
}

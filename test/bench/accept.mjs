// Durable accepts a second, 64 in flight, straight to intake, with nobody consuming its events; beside bare inserts of
// documents of the same size with the same concern, in turn.
import { Timestamp } from 'mongodb';
import { closedLoop, inputBody, poster, quantile } from './load.mjs';
import { measured } from './profile.mjs';
import { ratioRow, say } from './row.mjs';
import { withStack } from './stack.mjs';

const inFlight = 64;
const count = Number(process.env.BENCH_COUNT ?? 10_000);

export const accept = () =>
  withStack({}, async (stack) => {
    await stack.schools();
    await stack.start('intake');
    const { post, close } = poster({
      port: stack.port('intake'),
      path: '/api/intake/inputs',
      connections: inFlight,
    });
    const load = (many) => closedLoop({ inFlight, count: many, one: (n) => post(inputBody(n)) });
    say('warming up …');
    await load(12_000);
    await stack.rest('intake', 'inputs');
    const runs = [];
    for (let run = 1; run <= 3; run += 1) {
      const bare = await bareInserts(stack, run);
      const { result: ours, cores } = await measured(stack, `accept ${run}`, ['intake'], () => load(count));
      await stack.rest('intake', 'inputs');
      say(`run ${run}: ${ours.rate.toFixed(0)}/s, bare ${bare.rate.toFixed(0)}/s`);
      runs.push({ bare, ours, cores });
    }
    close();
    const p99 = ({ latencies }) => quantile(latencies, 0.99);
    return [
      ratioRow({
        what: 'durable accepts a second, 64 in flight, consumers stopped',
        unit: '/s',
        pairs: runs.map(({ bare, ours }) => ({ ours: ours.rate, limit: bare.rate })),
        atLeast: 0.7,
        limitIs: 'bare insertOne',
        detail: { cores: runs.map(({ cores }) => cores) },
      }),
      ratioRow({
        what: 'the same, p99',
        unit: 'ms',
        pairs: runs.map(({ bare, ours }) => ({ ours: p99(ours), limit: p99(bare) })),
        atMost: 1.5,
        limitIs: 'bare insertOne',
      }),
    ];
  });

/** insertOne of what an accepted input is in the moment in which it is written, `inFlight` at once. */
async function bareInserts({ db }, run) {
  const written = await db('intake').collection('inputs').findOne({});
  const accepted = { ...written, mark: 0, pending: true, pendingSince: new Timestamp({ t: 0, i: 0 }) };
  const bare = db('bare').collection('inputs', { writeConcern: { w: 'majority', journal: true } });
  const insert = (n) =>
    bare.insertOne({ ...accepted, _id: `moon/bare-${run}-${String(n).padStart(30, '0')}` });
  if (run === 1) await closedLoop({ inFlight, count: 2_000, one: (n) => insert(-1 - n) });
  return closedLoop({ inFlight, count, one: insert });
}

// npm run bench -- accept: durable accepts a second, straight to intake with no consumer of its events, beside bare
// inserts of documents of the same size with the same concern, in turn.
import { benchStack, inputBody, load, median, quantile } from './stack.mjs';

const count = Number(process.env.BENCH_COUNT ?? 10_000);
const inFlight = 64;

export async function accept() {
  const stack = await benchStack();
  try {
    await stack.organisation();
    await stack.start('intake');
    const path = '/api/intake/inputs';
    const port = stack.port('intake');
    await load({ port, path, count: 2_000, inFlight, body: inputBody });
    const runs = [];
    for (let run = 0; run < 3; run += 1) {
      const bare = await bareInserts(stack);
      const ours = await load({ port, path, count, inFlight, body: inputBody });
      runs.push({
        'bare /s': bare.rate,
        'accepts /s': ours.rate,
        ratio: ours.rate / bare.rate,
        'bare p99 ms': quantile(bare.latencies, 0.99),
        'accept p99 ms': quantile(ours.latencies, 0.99),
        'p99 ratio': quantile(ours.latencies, 0.99) / quantile(bare.latencies, 0.99),
      });
    }
    return Object.fromEntries(
      Object.keys(runs[0]).map((key) => [key, Number(median(runs.map((run) => run[key])).toFixed(2))]),
    );
  } finally {
    await stack.close();
  }
}

/** insertOne of what an accepted input becomes, `inFlight` at once. */
async function bareInserts({ db }) {
  const sample = await db('intake').collection('inputs').findOne({});
  const bare = db('bare').collection('inputs', { writeConcern: { w: 'majority', journal: true } });
  const latencies = [];
  let next = 0;
  const begun = performance.now();
  const worker = async () => {
    while (next < count) {
      const n = next++;
      const sent = performance.now();
      await bare.insertOne({ ...sample, _id: `moon/${begun}-${n}` });
      latencies.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  const seconds = (performance.now() - begun) / 1000;
  return { rate: count / seconds, latencies: latencies.toSorted((a, b) => a - b) };
}

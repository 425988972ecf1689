// A backlog of 20,000 accepted inputs until reporting shows all of them routed, with all three services at work, against
// the sum of the three steps run alone, one after the other, on the same machine.
import { acceptedInputs, layBacklog, newIds, unpublished } from './copies.mjs';
import { until } from './load.mjs';
import { measured } from './profile.mjs';
import { ratioRow, say } from './row.mjs';
import { allRouted, now } from './sightings.mjs';
import { withStack } from './stack.mjs';

const count = Number(process.env.BENCH_COUNT ?? 20_000);
const chained = ['intake', 'casework', 'reporting'];

export const chain = () =>
  withStack({ sessionMs: 60_000 }, async (stack) => {
    await stack.schools();
    // It learns the schools before the first input comes: what names one that is not known is parked.
    await stack.start('casework');
    await stack.stop('casework');
    await stack.start('intake');
    say('accepting the samples …');
    const samples = await acceptedInputs(stack, 4_000);
    await stack.start('casework');
    await stack.start('reporting');
    const backlogOf = (many) => newIds(samples, many).map(unpublished);
    await settled(stack);
    await together(stack, backlogOf(4_000), '', []);
    const runs = [];
    for (let run = 1; run <= 3; run += 1) {
      const alone = await stepByStep(stack, backlogOf(count));
      const { seconds, cores } = await together(
        stack,
        backlogOf(count),
        `chain ${run}`,
        run === 3 ? chained : [],
      );
      const sum = alone.publishing + alone.casework + alone.reporting;
      const steps = Object.values(alone).map((step) => step.toFixed(1));
      say(`run ${run}: ${seconds.toFixed(1)} s, steps alone ${steps.join(' + ')} = ${sum.toFixed(1)} s`);
      runs.push({ ours: seconds, limit: sum, alone, cores });
    }
    return [
      ratioRow({
        what: `a backlog of ${count} accepted inputs → all routed in the ledger`,
        unit: 's',
        pairs: runs.map(({ ours, limit }) => ({ ours, limit })),
        atMost: 1.3,
        limitIs: 'its steps alone',
        detail: { alone: runs.map(({ alone }) => alone), cores: runs.map(({ cores }) => cores) },
      }),
    ];
  });

/** Seconds of the whole chain, from the instant at which intake may go on. */
async function together(stack, documents, label, profiled) {
  await settled(stack);
  await layBacklog(stack, documents);
  const begun = await now(stack);
  const { result: routed, cores } = await measured(stack, label, profiled, () => {
    stack.release('intake');
    return allRouted(stack, begun, documents.length);
  });
  return { seconds: (routed.last - begun.ms) / 1000, cores };
}

/** Seconds of each step while the others stand still. A step ends when the next one could begin on its last input. */
async function stepByStep(stack, documents) {
  await settled(stack);
  await layBacklog(stack, documents);
  for (const name of ['casework', 'reporting']) stack.hold(name);
  const many = documents.length;
  const publishing = await untilWritten(stack, 'intake', many, () => stack.release('intake'));
  await stack.rest('intake', 'inputs');
  // It reads what casework makes of its inputs, which is no step of this chain.
  stack.hold('intake');
  const casework = await untilWritten(stack, 'casework', many, () => stack.release('casework'));
  await stack.rest('casework', 'cases');
  const begun = await now(stack);
  stack.release('reporting');
  begun.written.casework -= many;
  const { last } = await allRouted(stack, begun, many);
  stack.release('intake');
  return { publishing, casework, reporting: (last - begun.ms) / 1000 };
}

/** Seconds from `release` until so many more messages lie on a topic. */
async function untilWritten(stack, topic, many, release) {
  const before = await stack.written(topic);
  const begun = performance.now();
  release();
  await until(`${many} events on ${topic}`, async () => (await stack.written(topic)) >= before + many, {
    everyMs: 20,
  });
  return (performance.now() - begun) / 1000;
}

/** Waits until nobody has anything left to do, and clears away what earlier runs left. */
async function settled(stack) {
  await stack.rest('intake', 'inputs');
  await until('casework to have read everything', async () => (await stack.behind('casework')) === 0);
  await stack.rest('casework', 'cases');
  await until('reporting to have read everything', async () => (await stack.behind('reporting')) === 0);
  await stack.rest('reporting', 'rows');
  await stack.forgetInputs();
}

// A standing backlog published, marks included: 20,000 inputs that are written and not published, as a crash leaves
// them, are laid before intake while it stands still. Beside it the same messages in batches of the same size, sent by
// kafkajs alone.
import { acceptedInputs, layBacklog, messagesOf, newIds, unpublished } from './copies.mjs';
import { measured } from './profile.mjs';
import { ratioRow, say } from './row.mjs';
import { withStack } from './stack.mjs';

const count = Number(process.env.BENCH_COUNT ?? 20_000);
/** As libs/messaging/src/publish/publisher.ts has them. */
const batchEvents = 500;
const sendsInFlight = 2;

export const backlog = () =>
  withStack({ sessionMs: 60_000 }, async (stack) => {
    await stack.schools();
    await stack.start('intake');
    say('accepting the samples …');
    const samples = await acceptedInputs(stack, 4_000);
    const bare = await bareProducer(stack);
    await bare.send(samples.map((sample) => unpublished({ sample, id: sample.id })));
    await publish(stack, newIds(samples, 4_000).map(unpublished));
    const runs = [];
    for (let run = 1; run <= 3; run += 1) {
      const documents = newIds(samples, count).map(unpublished);
      const limit = count / (await bare.send(documents));
      const { seconds, cores } = await publish(
        stack,
        documents,
        `backlog ${run}`,
        run === 3 ? ['intake'] : [],
      );
      const ours = count / seconds;
      say(`run ${run}: ${ours.toFixed(0)} inputs/s, bare sends ${limit.toFixed(0)}/s`);
      runs.push({ ours, limit, cores });
    }
    await bare.close();
    return [
      ratioRow({
        what: `a standing backlog of ${count} published, marks included`,
        unit: '/s',
        pairs: runs.map(({ ours, limit }) => ({ ours, limit })),
        atLeast: 0.4,
        limitIs: 'kafkajs sends',
        detail: { cores: runs.map(({ cores }) => cores) },
      }),
    ];
  });

/** Seconds from the instant at which intake may go on until its last document is marked as published. */
async function publish(stack, documents, label = '', profiled = []) {
  await stack.rest('intake', 'inputs');
  await stack.forgetInputs();
  await layBacklog(stack, documents);
  const inputs = stack.db('intake').collection('inputs');
  const { result, cores } = await measured(stack, label, profiled, async () => {
    const begun = performance.now();
    stack.release('intake');
    for (;;) {
      if (!(await inputs.findOne({ pending: true }, { projection: { _id: 1 } })))
        return (performance.now() - begun) / 1000;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  });
  return { seconds: result, cores };
}

async function bareProducer({ kafka, prefix }) {
  const { ensureTopics } = await import('../../dist/libs/messaging/src/kafka/topics.js');
  const [events, keys] = [`${prefix}.bare`, `${prefix}.bare-keys`];
  await ensureTopics(kafka, [events, keys]);
  const producer = kafka.producer({ allowAutoTopicCreation: false, maxInFlightRequests: 5 });
  await producer.connect();
  return {
    /** Seconds that sending takes; the messages are made before. */
    async send(documents) {
      const messages = await Promise.all(documents.map((document) => messagesOf('intake', document)));
      const batches = [];
      for (let at = 0; at < messages.length; at += batchEvents) {
        const batch = messages.slice(at, at + batchEvents);
        batches.push([
          { topic: keys, messages: batch.flatMap((one) => one.keys) },
          { topic: events, messages: batch.flatMap((one) => one.events) },
        ]);
      }
      const begun = performance.now();
      const sender = async () => {
        for (let next = batches.shift(); next; next = batches.shift())
          await producer.sendBatch({ topicMessages: next, acks: -1 });
      };
      await Promise.all(Array.from({ length: sendsInFlight }, sender));
      return (performance.now() - begun) / 1000;
    },
    close: () => producer.disconnect(),
  };
}

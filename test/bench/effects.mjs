// Casework's and reporting's effects a second, from the topic to the disk: 20,000 inputs' messages are laid on the topics
// while the service stands still, then it runs alone. An effect is one write of one document. Beside it the very same
// writes as bare guarded upserts, 500 at a time, into a collection with the same indexes.
import { acceptedInputs, layOnTopics, newIds } from './copies.mjs';
import { until } from './load.mjs';
import { measured } from './profile.mjs';
import { ratioRow, say } from './row.mjs';
import { now, seenSince } from './sightings.mjs';
import { withStack } from './stack.mjs';

const count = Number(process.env.BENCH_COUNT ?? 20_000);
const bulk = 500;

/** What each service reads of an input, where its effect stands, and when a document of it was last written. */
const readers = {
  casework: { publishers: ['intake'], collection: 'cases', effect: 'in the queue' },
  reporting: { publishers: ['intake', 'casework'], collection: 'rows', effect: 'any fact in the ledger' },
};

export const effects = () =>
  withStack({ sessionMs: 60_000 }, async (stack) => {
    await stack.schools();
    // It learns the schools before the first input comes: what names one that is not known is parked.
    await stack.start('casework');
    await stack.stop('casework');
    await stack.start('intake');
    say('accepting the samples …');
    const inputs = await acceptedInputs(stack, 4_000);
    await stack.stop('intake');
    await stack.start('casework');
    await until('casework to have a case of each', async () => (await stack.behind('casework')) === 0);
    await stack.rest('casework', 'cases');
    const cases = new Map(
      (await stack.db('casework').collection('cases').find({}).toArray()).map((one) => [one.id, one]),
    );
    const samples = inputs.map((input) => ({ id: input.id, intake: input, casework: cases.get(input.id) }));
    const rows = await effectsOf(stack, 'casework', samples);
    await stack.stop('casework');
    await stack.start('reporting');
    await until('reporting to have read it all', async () => (await stack.behind('reporting')) === 0);
    return [...rows, ...(await effectsOf(stack, 'reporting', samples))];
  });

async function effectsOf(stack, service, samples) {
  const { publishers, collection, effect } = readers[service];
  const documents = stack.db(service).collection(collection);
  await laid(3_000);
  const runs = [];
  for (let run = 1; run <= 3; run += 1) {
    const { seconds, writes, cores } = await laid(
      count,
      `${service} effects ${run}`,
      run === 3 ? [service] : [],
    );
    await stack.rest(service, collection);
    const operations = await sameWrites(documents, writes);
    const limit = await bareUpserts(stack, documents, operations, { indexes: true });
    const plain = await bareUpserts(stack, documents, operations, { indexes: false });
    const ours = writes.length / seconds;
    say(
      `${service}, run ${run}: ${ours.toFixed(0)} effects/s (${(count / seconds).toFixed(0)} inputs/s), bare ${limit.toFixed(0)}/s`,
    );
    runs.push({ ours, limit, plain, inputs: count / seconds, cores });
  }
  const each = (what) => runs.map((run) => run[what]);
  return [
    ratioRow({
      what: `${service}: effects a second, topic → disk, of ${count} inputs`,
      unit: '/s',
      pairs: runs.map(({ ours, limit }) => ({ ours, limit })),
      atLeast: 0.8,
      limitIs: 'bare guarded bulkWrite',
      detail: {
        'inputs a second': each('inputs'),
        'bare, into a collection without indexes': each('plain'),
        cores: each('cores'),
      },
    }),
  ];

  /** Lays `many` inputs before the service and lets it go; seconds until its last effect is written. */
  async function laid(many, label = '', profiled = []) {
    await stack.rest(service, collection);
    await stack.forgetInputs();
    stack.hold(service);
    const ids = newIds(samples, many);
    for (const publisher of publishers)
      await layOnTopics(
        stack,
        publisher,
        ids.map(({ sample, id }) => ({ sample: sample[publisher], id })),
      );
    const begun = await now(stack);
    const { result: seen, cores } = await measured(stack, label, profiled, async () => {
      stack.release(service);
      await until(`${service} to have read it all`, async () => (await stack.behind(service)) === 0, {
        everyMs: 100,
      });
      return seenSince(stack, effect, begun);
    });
    if (seen.times.size !== many) throw new Error(`${service} shows ${seen.times.size} of ${many} inputs`);
    return { seconds: (seen.last - begun.ms) / 1000, writes: seen.writes, cores };
  }
}

/** The guarded writes that made these documents what they are, in the order in which they were made. */
async function sameWrites(documents, writes) {
  const { blank, guardedUpdate } = await import('../../dist/libs/messaging/src/store/document.js');
  const { rowAggregate } = await import('../../dist/apps/reporting/src/ledger/row.js');
  const now = new Map();
  const found = await documents.find({ _id: { $in: writes.map((id) => `moon/${id}`) } }).toArray();
  const finished = new Map(found.map((document) => [document.id, document]));
  const times = Map.groupBy(writes, (id) => id);
  const made = new Map();
  return writes.map((id) => {
    const nth = (made.get(id) ?? 0) + 1;
    made.set(id, nth);
    const before = now.get(id) ?? blank('moon', id);
    const after = shapeAfter(finished.get(id), nth, times.get(id).length, rowAggregate);
    now.set(id, { ...after, version: nth });
    return { updateOne: before.version === 0 ? firstUpsert(after) : guardedUpdate(before, after) };
  });
}

/** Hearback inserts what was not there; the limit is an upsert all the same. */
function firstUpsert({ _id, events, mark, ...after }) {
  const written = { ...after, version: 1, ...(events.length > 0 && { pending: true }) };
  return {
    filter: { _id, version: 0 },
    update: {
      $set: written,
      $setOnInsert: { mark, events },
      ...(events.length > 0 && { $currentDate: { pendingSince: { $type: 'timestamp' } } }),
    },
    upsert: true,
  };
}

/** What a document was after the nth of its writes: a row had fewer facts then, and was dirty until it was counted. */
function shapeAfter(document, nth, times, rowAggregate) {
  const { pending: _, pendingSince: __, ...after } = document;
  if (!after.state.facts) return after;
  const facts = after.state.facts.slice(0, after.state.facts.length - (times - nth));
  const state = { facts, dirty: true };
  return { ...after, state, index: rowAggregate.index(state), seen: after.seen.slice(0, facts.length) };
}

/** A second. */
async function bareUpserts(stack, documents, operations, { indexes }) {
  const db = stack.db('bare');
  const name = documents.collectionName;
  await db.collection(name).drop();
  const bare = await db.createCollection(name);
  if (indexes) {
    const others = (await documents.indexes()).filter((index) => index.name !== '_id_');
    await bare.createIndexes(others);
  }
  const begun = performance.now();
  for (let at = 0; at < operations.length; at += bulk)
    await bare.bulkWrite(operations.slice(at, at + bulk), {
      ordered: false,
      writeConcern: { w: 'majority', journal: true },
    });
  return (operations.length / (performance.now() - begun)) * 1000;
}

// When what a service writes can be seen: through change streams, which tell what a majority has on disk.

import { until } from './load.mjs';

/** Types of the facts that a change brings to a ledger row: of a new row, of a state set anew, or of what was added to it. */
const facts = {
  $concatArrays: [
    { $ifNull: ['$fullDocument.state.facts.type', []] },
    {
      $reduce: {
        input: { $objectToArray: { $ifNull: ['$updateDescription.updatedFields', {}] } },
        initialValue: [],
        in: { $concatArrays: ['$$value', factsIn('$$this.k', '$$this.v')] },
      },
    },
  ],
};

/** Commands of their own set `state` whole; of shared ones the history has the difference (docs/adr/0034). */
function factsIn(field, value) {
  return {
    $switch: {
      branches: [
        { case: { $eq: [field, 'state'] }, then: { $ifNull: [`${value}.facts.type`, []] } },
        { case: { $eq: [field, 'state.facts'] }, then: { $ifNull: [`${value}.type`, []] } },
        {
          case: { $regexMatch: { input: field, regex: '^state\\.facts\\.[0-9]+$' } },
          then: [`${value}.type`],
        },
      ],
      default: [],
    },
  };
}

/** Changes of one collection that show an input further on its way. Without the recounts, which change no fact. */
const kinds = {
  'in the queue': { service: 'casework', collection: 'cases', match: { operationType: 'insert' } },
  'in the ledger': { service: 'reporting', collection: 'rows', match: { operationType: 'insert' } },
  'routed in the ledger': {
    service: 'reporting',
    collection: 'rows',
    match: { $expr: { $in: ['case.routed', facts] } },
  },
  'any fact in the ledger': {
    service: 'reporting',
    collection: 'rows',
    match: { $expr: { $ne: [facts, []] } },
  },
};

/**
 * Watches while things happen. `times` maps an input to the instant (performance.now) at which it was first seen.
 * `close` ends it.
 */
export function watchLive(stack, kind) {
  const { service, collection, match } = kinds[kind];
  const times = new Map();
  const stream = stack
    .db(service)
    .collection(collection)
    .watch([{ $match: match }, { $project: { 'documentKey._id': 1 } }]);
  stream.on('change', ({ documentKey }) => {
    const id = idOf(documentKey);
    if (!times.has(id)) times.set(id, performance.now());
  });
  // A stream that breaks shows as inputs that were never seen.
  stream.on('error', () => {});
  return { times, close: () => stream.close() };
}

/** Where everything stands before the work begins: for `seenSince` and `allRouted`. */
export async function now(stack) {
  const [intake, casework] = [await stack.written('intake'), await stack.written('casework')];
  const { operationTime, localTime } = await stack.mongo.db('admin').command({ hello: 1 });
  return { operationTime, ms: localTime.getTime(), written: { intake, casework } };
}

/**
 * Reads afterwards what was written since, so that watching costs nothing meanwhile. `times`: by input, the instant
 * (epoch ms, the server's clock) of its first such write; `last`: that of the last of all; `writes`: the inputs in the
 * order in which they were written, one for each write.
 */
export async function seenSince(stack, kind, { operationTime }) {
  const { service, collection, match } = kinds[kind];
  const db = stack.db(service);
  const { insertedId: end } = await db
    .collection('bench-end')
    .insertOne({}, { writeConcern: { w: 'majority', journal: true } });
  const stream = db.watch(
    [
      { $match: { $or: [{ 'documentKey._id': end }, { 'ns.coll': collection, ...match }] } },
      { $project: { 'documentKey._id': 1, wallTime: 1, end: { $eq: ['$documentKey._id', end] } } },
    ],
    { startAtOperationTime: operationTime, batchSize: 10_000 },
  );
  const seen = { times: new Map(), last: 0, writes: [] };
  try {
    for await (const { end, documentKey, wallTime } of stream) {
      if (end) break;
      const [id, at] = [idOf(documentKey), wallTime.getTime()];
      if (!seen.times.has(id)) seen.times.set(id, at);
      seen.last = Math.max(seen.last, at);
      seen.writes.push(id);
    }
  } finally {
    await stream.close();
  }
  return seen;
}

/**
 * Waits until `count` more inputs are routed in the ledger than there were at `begun`, asking as little as possible.
 * Gives what was seen since.
 */
export async function allRouted(stack, begun, count) {
  await until(
    'every input to be routed',
    async () =>
      (await stack.written('casework')) >= begun.written.casework + count &&
      (await stack.behind('reporting')) === 0,
    { everyMs: 100 },
  );
  return until(
    'every input to be routed in the ledger',
    async () => {
      const seen = await seenSince(stack, 'routed in the ledger', begun);
      return seen.times.size >= count && seen;
    },
    { everyMs: 500 },
  );
}

const idOf = ({ _id }) => String(_id).replace(/^[^/]*\//, '');

// When what a service writes can be seen: through change streams, which tell what a majority has on disk.

/** Facts of a ledger row in a change: of a new row, or of a state that was set anew. */
const facts = {
  $ifNull: ['$fullDocument.state.facts.type', '$updateDescription.updatedFields.state.facts.type'],
};
const written = { 'documentKey._id': 1, wallTime: 1, facts };

/** Changes of one collection that show an input further on its way. Without the recounts, which change no fact. */
const kinds = {
  'in the queue': { service: 'casework', collection: 'cases', match: { operationType: 'insert' } },
  'in the ledger': { service: 'reporting', collection: 'rows', match: { operationType: 'insert' } },
  'routed in the ledger': {
    service: 'reporting',
    collection: 'rows',
    match: { $expr: { $in: ['case.routed', { $ifNull: [facts, []] }] } },
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

/** Now, for `seenSince`: to be taken before the work begins. */
export async function now(stack) {
  const { operationTime, localTime } = await stack.mongo.db('admin').command({ hello: 1 });
  return { operationTime, ms: localTime.getTime() };
}

/**
 * Reads afterwards what was written since, so that watching costs nothing meanwhile: the instants (epoch ms, the
 * server's clock) at which inputs were first written, by input, and how many such writes there were.
 */
export async function seenSince(stack, kind, { operationTime }) {
  const { service, collection, match } = kinds[kind];
  const db = stack.db(service);
  const end = 'bench-end';
  await db.collection(end).insertOne({}, { writeConcern: { w: 'majority', journal: true } });
  const stream = db.watch(
    [
      { $match: { $or: [{ 'ns.coll': end }, { 'ns.coll': collection, ...match }] } },
      { $project: { ...written, 'ns.coll': 1, end: { $eq: ['$ns.coll', end] } } },
    ],
    { startAtOperationTime: operationTime, batchSize: 10_000 },
  );
  const times = new Map();
  let writes = 0;
  try {
    for await (const change of stream) {
      if (change.end) return { times, writes };
      writes += 1;
      const id = idOf(change.documentKey);
      if (!times.has(id)) times.set(id, change.wallTime.getTime());
    }
  } finally {
    await stream.close();
  }
  return { times, writes };
}

const idOf = ({ _id }) => String(_id).replace(/^[^/]*\//, '');

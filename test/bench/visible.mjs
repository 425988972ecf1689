// npm run bench -- visible: at a steady 150 inputs a second, how long after the 201 an input is in the team's queue, in
// the ledger, and routed in the ledger. Seen through change streams on what the services write.
import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { benchStack, inputBody, post, quantile } from './stack.mjs';

const perSecond = 150;
const seconds = Number(process.env.BENCH_SECONDS ?? 20);

export async function visible() {
  const stack = await benchStack();
  try {
    await stack.organisation();
    for (const name of ['casework', 'reporting', 'intake']) await stack.start(name);
    const accepted = new Map();
    const seen = { 'in the queue': new Map(), 'in the ledger': new Map(), 'routed in the ledger': new Map() };
    const streams = [
      watch(stack.db('casework').collection('cases'), (id) => note(seen['in the queue'], id)),
      watch(stack.db('reporting').collection('rows'), (id, document) => {
        note(seen['in the ledger'], id);
        if (document.state.facts.some((fact) => fact.type === 'case.routed'))
          note(seen['routed in the ledger'], id);
      }),
    ];
    await pause(500);
    const agent = new Agent({ keepAlive: true, maxSockets: 64 });
    const begun = performance.now();
    const sent = [];
    for (let n = 0; n < perSecond * seconds; n += 1) {
      const due = begun + (n * 1000) / perSecond;
      if (due > performance.now()) await pause(due - performance.now());
      sent.push(
        post(agent, stack.port('intake'), '/api/intake/inputs', inputBody(n)).then((text) =>
          accepted.set(JSON.parse(text).inputId, performance.now()),
        ),
      );
    }
    await Promise.all(sent);
    const until = Date.now() + 60_000;
    while (seen['routed in the ledger'].size < accepted.size && Date.now() < until) await pause(50);
    await Promise.all(streams.map((stream) => stream.close()));
    agent.destroy();
    return Object.entries(seen).map(([what, times]) => {
      // An input may be seen before its 201 has travelled back: that is no time at all.
      const waits = [...accepted]
        .map(([id, at]) => Math.max(0, (times.get(id) ?? Infinity) - at))
        .toSorted((a, b) => a - b);
      const [p50, p99] = [quantile(waits, 0.5), quantile(waits, 0.99)].map((ms) => Math.round(ms));
      return { what, inputs: waits.length, 'p50 ms': p50, 'p99 ms': p99 };
    });
  } finally {
    await stack.close();
  }
}

function note(times, id) {
  if (!times.has(id)) times.set(id, performance.now());
}

function watch(collection, each) {
  const stream = collection.watch([], { fullDocument: 'updateLookup' });
  stream.on('change', ({ fullDocument }) => fullDocument && each(fullDocument.id, fullDocument));
  stream.on('error', () => {});
  return stream;
}

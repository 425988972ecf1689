// 20,000 rows of the ledger, four events each: made by the live consumer, read again and compared by a rebuild, and
// made again by one after all rows were lost. And how long a live event takes to its row meanwhile, and the memory.
// BENCH_ROWS changes the number.
import { setTimeout as pause } from 'node:timers/promises';
import { schools, until } from './load.mjs';
import { residentMb } from './machine.mjs';
import { say } from './row.mjs';
import { withStack } from './stack.mjs';

const inputs = Number(process.env.BENCH_ROWS ?? 20_000);

export const rebuild = () =>
  withStack(async (stack) => {
    await stack.schools();
    await publishLoops(stack.topics);
    const rows = stack.db('reporting').collection('rows');
    const counted = { 'state.facts.3': { $exists: true }, 'index.dirty': { $exists: false } };
    const begun = performance.now();
    await stack.start('reporting');
    const made = async () => (await rows.countDocuments(counted)) >= inputs;
    await until('all rows to be made and counted', made, { everyMs: 250, withinMs: 600_000 });
    const live = (performance.now() - begun) / 1000;
    say(`made by the live consumer in ${live.toFixed(1)} s`);
    const restUntil = performance.now() + 5_000;
    const atRest = await liveLatency(stack, rows, () => performance.now() < restUntil);
    const sound = await run(stack, rows);
    await rows.deleteMany({});
    const lost = await run(stack, rows);
    return [
      row(`rebuild of ${inputs} rows from the topics, the live consumer beside it`, 's', sound.seconds, live),
      row('the same, when all rows were lost', 's', lost.seconds, live),
      row('a live event to its row meanwhile, p99', 'ms', Math.max(sound.p99, lost.p99), atRest),
      row('memory that the process took more meanwhile', 'MB', Math.max(sound.grew, lost.grew)),
    ];
  });

const row = (what, unit, ours, limit) => ({
  what,
  unit,
  ours,
  ...(limit !== undefined && { limit, ratio: ours / limit }),
});

async function run(stack, rows) {
  const auth = `Bearer ${await stack.issuer.token({ roles: ['it'] })}`;
  const headers = { authorization: auth, 'content-type': 'application/json' };
  const path = `http://127.0.0.1:${stack.port('reporting')}/api/reporting/ops`;
  const before = residentMb(stack.pid('reporting'));
  const begun = performance.now();
  const body = JSON.stringify({ why: 'bench' });
  const { id } = await (await fetch(`${path}/rebuild`, { method: 'POST', headers, body })).json();
  let now = { running: true };
  const latency = liveLatency(stack, rows, () => now.running);
  let most = before;
  const seconds = () => (performance.now() - begun) / 1000;
  const phases = {};
  while (now.running) {
    await pause(100);
    now = await (await fetch(`${path}/rebuilds/${id}`, { headers })).json();
    most = Math.max(most, residentMb(stack.pid('reporting')));
    phases[now.state] = Number(seconds().toFixed(1));
  }
  const took = seconds();
  const { same, missing, behind } = now.documents;
  if (now.state !== 'done' || same + missing + behind < inputs) throw new Error(JSON.stringify(now));
  say(`${same} the same, ${missing + behind} put right; at each state until (s): ${JSON.stringify(phases)}`);
  return { seconds: took, p99: await latency, grew: most - before };
}

/** An event about an input of its own every 50 ms. Gives the 99th percentile of ms from its sending to its row. */
async function liveLatency(stack, rows, going) {
  const waits = [];
  for (let n = 0; going(); n += 1) {
    const inputId = `live-${performance.now()}-${n}`;
    const begun = performance.now();
    await stack.topics.publish('intake', 'moon', loop(inputId, n)[0][1]);
    while (!(await rows.findOne({ _id: `moon/${inputId}` }, { projection: { _id: 1 } }))) await pause(2);
    waits.push(performance.now() - begun);
    await pause(50);
  }
  return waits.toSorted((a, b) => a - b)[Math.floor(waits.length * 0.99)];
}

async function publishLoops(topics) {
  let next = 0;
  const worker = async () => {
    for (let n = next++; n < inputs; n = next++)
      for (const [publisher, event] of loop(`input-${n}`, n)) await topics.publish(publisher, 'moon', event);
  };
  await Promise.all(Array.from({ length: 64 }, worker));
  say(`${4 * inputs} events of ${inputs} inputs are on the topics`);
}

const minutesAgo = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();

function loop(inputId, n) {
  const about = { inputId, origin: 'intake', caseId: inputId, teamId: 'transport' };
  const sealed = 'x..x.x.x';
  return [
    [
      'intake',
      {
        ...{ type: 'input.raised', inputId, origin: 'intake', orgId: schools[n % schools.length], sealed },
        ...{ kind: 'concern', topic: 'transport', lane: 'open', voices: 1, notSeenBy: [], role: 'student' },
        ...{ language: 'en', anonymous: false, reachable: true, raisedAt: minutesAgo(60) },
      },
    ],
    [
      'casework',
      {
        ...{ type: 'case.routed', ...about, teamName: 'Transport', teamOrgId: '00417', rule: 'fallback' },
        ...{ participation: 'inform', acknowledgeBy: minutesAgo(0), answerBy: minutesAgo(-600) },
        at: minutesAgo(59),
      },
    ],
    ['casework', { type: 'case.acknowledged', ...about, by: 'person-1', at: minutesAgo(50) }],
    [
      'casework',
      {
        ...{ type: 'case.answered', ...about, answerNo: 1, outcome: 'done', participation: 'inform' },
        ...{ language: 'en', by: 'person-1', at: minutesAgo(30), sealed },
      },
    ],
  ];
}

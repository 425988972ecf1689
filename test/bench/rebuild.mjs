// npm run bench -- rebuild: 20,000 rows of the ledger read again from the topics, compared and recounted, and once more
// after the ledger was lost; how long a live event takes to the ledger meanwhile, and what the process's heap reaches.
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { benchStack, quantile } from './stack.mjs';

const inputs = Number(process.env.BENCH_ROWS ?? 20_000);
const perInput = 4;

export async function rebuild() {
  process.env.HEARBACK_DISTRICTS = 'moon=localhost,127.0.0.1';
  const { testIssuer } = await import('../../dist/libs/testing/src/issuer.js');
  const issuer = await testIssuer();
  const stack = await benchStack();
  process.env.HEARBACK_ISSUER = issuer.url;
  try {
    await stack.organisation();
    await publishLoops(stack, inputs);
    const child = await stack.start('reporting');
    const rows = stack.db('reporting').collection('rows');
    const known = () =>
      rows.countDocuments({ 'state.facts.3': { $exists: true }, 'index.dirty': { $exists: false } });
    const began = performance.now();
    while ((await known()) < inputs) await pause(250);
    const live = Math.round(performance.now() - began);
    const token = `Bearer ${await issuer.token({ roles: ['it'] })}`;
    const at = `http://127.0.0.1:${stack.port('reporting')}/api/reporting/ops/rebuild`;
    const measured = [
      { what: 'built by the live consumer', rows: inputs, ms: live, 'rows/s': rate(inputs, live) },
    ];
    const quiet = await liveLatency(stack, rows, () => performance.now() < began + live + 5_000);
    for (const what of ['rebuilt, nothing wrong', 'rebuilt, all rows lost']) {
      if (what.endsWith('lost')) await rows.deleteMany({});
      const before = memory(child.pid);
      const one = await run(at, token, stack, rows, child.pid);
      measured.push({ what, rows: inputs, ...one, 'MB before': before, 'live p99 ms at rest': quiet });
    }
    return measured;
  } finally {
    await stack.close();
    await issuer.close();
  }
}

async function run(at, token, stack, rows, pid) {
  const headers = { authorization: token, 'content-type': 'application/json' };
  const began = performance.now();
  const begun = await fetch(at, { method: 'POST', headers, body: JSON.stringify({ why: 'bench' }) });
  const { id } = await begun.json();
  let running = true;
  let peak = 0;
  const phases = {};
  const latency = liveLatency(stack, rows, () => running);
  let last;
  while (running) {
    last = await (await fetch(`${at}s/${id}`, { headers })).json();
    running = last.running;
    peak = Math.max(peak, memory(pid));
    phases[last.state] = Math.round(performance.now() - began);
    await pause(100);
  }
  const ms = Math.round(performance.now() - began);
  const { same, different, behind, missing } = last.documents;
  console.log(
    `${last.state}: ${JSON.stringify(last.documents)}, left each phase after ${JSON.stringify(phases)} ms`,
  );
  return {
    ms,
    'rows/s': rate(inputs, ms),
    same,
    'put right': different + behind + missing,
    'MB at most': peak,
    'live p99 ms': await latency,
  };
}

/** One event about an input of its own every 50 ms; milliseconds from its sending to its row. */
async function liveLatency(stack, rows, going) {
  const waits = [];
  for (let n = 0; going(); n += 1) {
    const inputId = `live-${performance.now()}-${n}`;
    const began = performance.now();
    await stack.topics.publish('intake', 'moon', raised(inputId));
    while (!(await rows.findOne({ _id: `moon/${inputId}` }, { projection: { _id: 1 } }))) await pause(2);
    waits.push(performance.now() - began);
    await pause(50);
  }
  return Math.round(
    quantile(
      waits.toSorted((a, b) => a - b),
      0.99,
    ),
  );
}

const rate = (count, ms) => Math.round((count * 1000) / ms);
const memory = (pid) =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024);
const instant = (minutes) => new Date(Date.now() - 3_600_000 + minutes * 60_000).toISOString();

async function publishLoops(stack, count) {
  const { publish } = stack.topics;
  let next = 0;
  const worker = async () => {
    for (let n = next++; n < count; n = next++) {
      const inputId = `input-${n}`;
      for (const [publisher, event] of loop(inputId))
        await publish.call(stack.topics, publisher, 'moon', event);
    }
  };
  await Promise.all(Array.from({ length: 64 }, worker));
  console.log(`${count * perInput} events of ${count} inputs are on the topics`);
}

function raised(inputId) {
  return {
    type: 'input.raised',
    inputId,
    origin: 'intake',
    orgId: '00417',
    kind: 'concern',
    topic: 'transport',
    lane: 'open',
    voices: 1,
    notSeenBy: [],
    role: 'student',
    language: 'en',
    anonymous: false,
    reachable: true,
    raisedAt: instant(0),
    sealed: 'x..x.x.x',
  };
}

function loop(inputId) {
  const about = { inputId, origin: 'intake', caseId: inputId, teamId: 'transport' };
  return [
    ['intake', raised(inputId)],
    [
      'casework',
      {
        type: 'case.routed',
        ...about,
        teamName: 'Transport',
        teamOrgId: '00417',
        participation: 'inform',
        acknowledgeBy: instant(60),
        answerBy: instant(600),
        rule: 'fallback',
        at: instant(1),
      },
    ],
    ['casework', { type: 'case.acknowledged', ...about, by: 'person-1', at: instant(10) }],
    [
      'casework',
      {
        type: 'case.answered',
        ...about,
        answerNo: 1,
        outcome: 'done',
        participation: 'inform',
        language: 'en',
        by: 'person-1',
        at: instant(30),
        sealed: 'x..x.x.x',
      },
    ],
  ];
}

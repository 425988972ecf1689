// A generated district of a million people and three million enrolments, dropped into a watched folder of the roster
// service: how fast it is imported, and imported again unchanged, beside how fast the CSV library alone reads the same
// files in the same run; and what the process holds at most.
import { appendFileSync, createReadStream, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'csv-parse';
import { until } from './load.mjs';
import { plainRow, ratioRow, say } from './row.mjs';
import { withStack } from './stack.mjs';

const people = Number(process.env.BENCH_PEOPLE ?? 1_000_000);
const runs = Number(process.env.BENCH_ROSTER_RUNS ?? 3);
const mostMb = 400;

export const roster = async () => {
  const home = await mkdtemp(join(tmpdir(), 'hearback-bench-roster-'));
  process.env.HEARBACK_ROSTER_FOLDERS = home;
  process.env.HEARBACK_ROSTER_QUIET_SECONDS = '1';
  // A district each: of two sources with the same schools the second would be held.
  process.env.HEARBACK_DISTRICTS = Array.from({ length: runs }, (_, run) => `run${run}=run${run}.test`).join(
    ';',
  );
  try {
    return await withStack({}, (stack) => measure(stack, home));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
};

async function measure(stack, home) {
  const { generateRoster } = await import('../../dist/libs/testing/src/index.js');
  say(`making a district of ${people} people …`);
  const folder = join(home, 'sis');
  mkdirSync(folder);
  const counts = generateRoster(folder, { seed: 20261126, people, version: '1.2' });
  const rows = Object.values(counts).reduce((sum, one) => sum + one, 0);
  await stack.start('roster');
  const [first, again] = [[], []];
  const peaks = [];
  for (let run = 0; run < runs; run += 1) {
    const api = await caller(stack, `run${run}`);
    const limit = rows / (await libraryAlone(folder));
    const source = 'sis';
    await api('PUT', `sources/${source}`, {
      name: source,
      kind: 'folder',
      settings: { path: folder },
      schedule: { everyMinutes: 10_000 },
    });
    await until('a schedule', async () => (await api('GET', `sources/${source}`)).nextRunAt);
    const one = await imported(api, source, folder, rows);
    const two = await imported(api, source, folder, rows);
    peaks.push(highWaterMb(stack.pid('roster')));
    say(
      `run ${run + 1}: ${Math.round(one)} rows/s, again ${Math.round(two)}, library alone ${Math.round(limit)}; ${Math.round(peaks.at(-1))} MB at most`,
    );
    first.push({ ours: one, limit });
    again.push({ ours: two, limit });
  }
  const limitIs = 'the CSV library alone';
  const detail = { rows: counts };
  return [
    ratioRow({
      what: `roster: rows a second, ${people} people imported`,
      unit: '/s',
      pairs: first,
      atLeast: 0.1,
      limitIs,
      detail,
    }),
    ratioRow({
      what: 'roster: the same feed again, unchanged',
      unit: '/s',
      pairs: again,
      atLeast: 0.3,
      limitIs,
    }),
    plainRow({ what: 'roster: memory of the process, at most', unit: 'MB', values: peaks, atMost: mostMb }),
  ];
}

/** Rows a second of one import, from its being received until it is applied. */
async function imported(api, source, folder, rows) {
  const before = (await api('GET', `sources/${source}`)).lastImport?.importId;
  // A package that was taken is not taken again: a word of the manifest that nobody reads makes it another one.
  appendFileSync(join(folder, 'manifest.csv'), `source.note,${Date.now()}\n`);
  await pause(1_500);
  await api('POST', `sources/${source}/run`);
  const report = await until(
    `${source} to be imported`,
    async () => {
      const { lastImport, problem } = await api('GET', `sources/${source}`);
      if (problem) throw new Error(problem);
      if (!lastImport || lastImport.importId === before) return undefined;
      if (['held', 'failed'].includes(lastImport.state))
        throw new Error(`${lastImport.state}: ${JSON.stringify(lastImport)}`);
      return lastImport.state === 'applied' && api('GET', `imports/${lastImport.importId}`);
    },
    { everyMs: 500, withinMs: 900_000 },
  );
  const read = report.files.reduce((sum, file) => sum + file.read, 0);
  if (read !== rows) throw new Error(`${read} rows were read, of ${rows}`);
  const seconds = (Date.parse(report.finishedAt) - Date.parse(report.receivedAt)) / 1000;
  return rows / seconds;
}

/** Seconds in which the library reads every file, one after the other. */
async function libraryAlone(folder) {
  const begun = performance.now();
  for (const name of readdirSync(folder))
    for await (const record of createReadStream(join(folder, name)).pipe(parse())) void record;
  return (performance.now() - begun) / 1000;
}

/** The most that a process has held since it began. */
function highWaterMb(pid) {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

async function caller(stack, district) {
  const authorization = `Bearer ${await stack.issuer.token({ roles: ['it'], district })}`;
  return async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${stack.port('roster')}/api/roster/${path}`, {
      method,
      headers: { authorization, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
}

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startDistrict } from '#testing';
import type { District, RunningName } from '#testing';

/**
 * The demo, while services are killed under it with SIGKILL; a supervisor starts them again. A seed makes the schedule:
 * in each run five deaths at three hops, one hop in the loop of each origin, so that over the runs every service dies
 * at several hops. HEARBACK_SEED makes another one.
 */
const victims: RunningName[] = [
  'intake',
  'casework',
  'student-voice',
  'family-council',
  'reporting',
  'gateway',
  'roster',
];
const runs = 3;
const seed = Number(process.env['HEARBACK_SEED'] ?? 20_261_122);

interface Hop {
  loop: string;
  hop: string;
  inputId?: string;
}

let district: District;
const killed: { run: number; hop: string; name: RunningName }[] = [];
const inputIds = new Map<string, string>();
const schedule = scheduleOf(seed);

beforeAll(async () => {
  district = await startDistrict();
}, 150_000);
afterAll(() => district?.close(), 60_000);

/** Runs the demo; `onHop` is called for each line as it comes, not awaited. */
function demo(onHop: (hop: Hop) => void): Promise<{ code: number | null; printed: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['deploy/demo/demo.mjs', '--json'], { env: district.env });
    let printed = '';
    child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    createInterface({ input: child.stdout }).on('line', (line) => {
      printed += `${line}\n`;
      onHop(JSON.parse(line) as Hop);
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, printed }));
  });
}

describe('kill -9 of any service at any hop of the demo', () => {
  it.each(Array.from({ length: runs }, (_, run) => run))(
    'run %i closes all three loops all the same',
    async (run) => {
      const due = schedule[run]!;
      const dying: Promise<void>[] = [];
      let at = 0;
      const { code, printed } = await demo(({ loop, hop, inputId }) => {
        if (inputId) inputIds.set(inputId, loop);
        for (const name of due.get(at) ?? []) {
          killed.push({ run, hop: `${loop} ${hop}`, name });
          dying.push(district.kill(name));
        }
        at += 1;
      });
      await Promise.all(dying);
      expect({ code, ...(code !== 0 && { printed, killed, logs: district.logs().slice(-3_000) }) }).toEqual({
        code: 0,
      });
    },
    120_000,
  );

  it('every service was killed, at several hops', () => {
    const hops = Object.fromEntries(
      victims.map((name) => [
        name,
        new Set(killed.filter((one) => one.name === name).map(({ hop }) => hop)).size,
      ]),
    );
    console.log(
      `kill -9, seed ${seed}: ${killed.length} in ${runs} runs; hops at which each died: ${JSON.stringify(hops)}`,
    );
    expect(killed.length).toBeGreaterThanOrEqual(12);
    expect(Object.values(hops).every((count) => count >= 2)).toBe(true);
  });

  it('no case is doubled, no answer, no count, no mail; nothing is parked, and accepted = open + closed', async () => {
    const auth = await district.token('it');
    await eventually(
      async () => (await fetch(`${district.url}/health/ready`).catch(() => undefined))?.ok,
      'all services to be ready',
      60_000,
    );
    expect(inputIds.size).toBe(3 * runs);
    for (const inputId of inputIds.keys()) await onlyOnce(inputId);
    expect(await district.db('casework').collection('cases').countDocuments()).toBe(3 * runs);
    expect(await district.db('reporting').collection('rows').countDocuments()).toBe(3 * runs);

    const leader = await district.token('leader');
    const { body: report } = await district.call<{
      total: { counts: Record<string, number>; voices: number };
      groups: { key: string; counts: Record<string, number> }[];
    }>('GET', '/api/reporting/closed-loop?org=00417&by=origin', { auth: leader });
    expect(report.total.counts).toMatchObject({
      raised: 3 * runs,
      confirmed: 3 * runs,
      closed: 3 * runs,
      open: 0,
    });
    expect(report.total.voices).toBe((1 + 3 + 3) * runs);
    for (const { counts } of report.groups) expect(counts).toMatchObject({ raised: runs, confirmed: runs });

    const { items: mails } = (await (await fetch(`${district.mailbox}/api/mails`)).json()) as {
      items: { to: string; messageId: string }[];
    };
    const toFamilies = mails.filter(({ to }) => to.endsWith('@families.example.org'));
    expect(new Set(toFamilies.map(({ messageId }) => messageId)).size).toBe(runs);
    expect(new Set(toFamilies.map(({ to }) => to)).size).toBe(runs);

    const parked = await district.call<{ items: unknown[] }>('GET', '/api/ops/parked', { auth });
    expect(parked.body).toEqual({ items: [] });
    const sums = await eventually(
      async () => {
        const { body } = await district.call<Record<string, unknown>>('GET', '/api/ops/reconciliation', {
          auth,
        });
        return body['accepted'] === 3 * runs && body['inFlight'] === 0 && body;
      },
      'thirty seconds to pass',
      60_000,
    );
    expect(sums).toMatchObject({ closed: 3 * runs, open: 0, parked: 0, differences: [], holds: true });
  }, 150_000);
});

/** One case, one answer, each fact once, in every service that knows of it. */
async function onlyOnce(inputId: string): Promise<void> {
  const found = await district.db('casework').collection('cases').find({ id: inputId }).toArray();
  expect(found).toHaveLength(1);
  const types = (found[0]!['events'] as { type: string }[]).map(({ type }) => type);
  for (const once of ['case.routed', 'case.acknowledged', 'case.answered'])
    expect([inputId, once, types.filter((type) => type === once).length]).toEqual([inputId, once, 1]);
  for (const origin of ['intake inputs', 'student-voice themes', 'family-council concerns']) {
    const [service, collection] = origin.split(' ') as [string, string];
    const own = await district.db(service).collection(collection).findOne({ id: inputId });
    if (!own) continue;
    const { loop } = own['state'] as { loop: { state: string; answers: { answerNo: number }[] } };
    expect([loop.state, loop.answers.map(({ answerNo }) => answerNo)]).toEqual(['confirmed', [1]]);
    const said = (own['events'] as { type: string }[]).map(({ type }) => type);
    expect(said).toEqual([...new Set(said)]);
    expect(said).toEqual(expect.arrayContaining(['input.raised', 'answer.delivered', 'closure.confirmed']));
  }
}

/** For each run, who dies at which of its hops: the first is 0. */
function scheduleOf(from: number): Map<number, RunningName[]>[] {
  const choose = chooser(from);
  const shuffled = () => victims.map((name) => ({ name, at: choose(1_000_000) })).sort((a, b) => a.at - b.at);
  const order = [...shuffled(), ...shuffled(), ...shuffled()].map(({ name }) => name);
  return Array.from({ length: runs }, (_, run) => {
    const [a, b, c, d, e] = order.slice(5 * run, 5 * run + 5) as [RunningName, ...RunningName[]];
    // The demo prints 6 hops of intake, then 7 of student-voice, then 7 of family-council.
    return new Map([
      [choose(6), [a, b!]],
      [6 + choose(7), [c!, d!]],
      [13 + choose(7), [e!]],
    ]);
  });
}

/** Whole numbers below n, the same for the same seed (mulberry32). */
function chooser(from: number): (n: number) => number {
  let state = from >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n;
  };
}

/**
 * `npm run faults`: plays scenarios one after the other and prints a JSON line each. See docs/faults.md.
 * Engines are those of HEARBACK_TEST_KAFKA and HEARBACK_TEST_MONGO; deploy/local/faults.mjs starts them.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { hash } from './chance.js';
import type { Outcome } from './play.js';
import { Results, together } from './results.js';
import type { Result } from './results.js';
import type { Length, Scenario } from './scenario.js';
import { scenarios } from './scenarios.js';

const usual = 20_261_122;
/** A round that is not over by then is hung, in ms. */
const hungMs = 45 * 60_000;

const { values } = parseArgs({
  options: {
    ...{ quick: { type: 'boolean' }, soak: { type: 'boolean' }, list: { type: 'boolean' } },
    ...{ again: { type: 'boolean' }, only: { type: 'string' }, seed: { type: 'string' } },
  } as const,
});
const length: Length = values.quick ? 'quick' : values.soak ? 'soak' : 'faults';
const seed = Number(values.seed ?? usual);
if (!Number.isInteger(seed)) throw new Error(`--seed ${values.seed} must be a whole number`);

let playing: ChildProcess | undefined;

async function main(): Promise<number> {
  const chosen = choose(await scenarios());
  if (values.list) {
    for (const { name, promise, counts } of chosen)
      process.stdout.write(`${name} ${counts[length]}: ${promise}\n`);
    return 0;
  }
  const results = new Results(resultsFile(), buildStamp(), values.again ?? length === 'quick');
  const ended = new Map<string, Result[]>();
  const mostRounds = Math.max(...chosen.map((one) => roundsOf(one).length), 0);
  // Round by round over all of them: a soak that is stopped in the middle has been everywhere.
  for (let round = 0; round < mostRounds; round += 1) {
    for (const scenario of chosen) {
      const rounds = roundsOf(scenario);
      const count = rounds[round];
      const before = ended.get(scenario.name) ?? [];
      if (count === undefined || before.some(({ ok }) => !ok)) continue;
      const result = results.passed(scenario.name, round, count) ?? (await play(scenario, round, count));
      if (!('build' in result)) results.add(result);
      ended.set(scenario.name, [...before, result as Result]);
      if (rounds.length > 1) tellRound(result, rounds.length);
      if (!result.ok || round === rounds.length - 1) print(scenario, ended.get(scenario.name)!);
    }
  }
  const failed = [...ended.values()].filter((rounds) => rounds.some(({ ok }) => !ok)).length;
  process.stdout.write(`${ended.size - failed} passed, ${failed} failed\n`);
  if (failed === 0 && !values.only) results.complete();
  return failed;
}

function choose(all: Scenario[]): Scenario[] {
  const wanted = values.only?.split(',');
  const unknown = wanted?.find((name) => !all.some((one) => one.name === name));
  if (unknown)
    throw new Error(
      `There is no scenario '${unknown}': take some of ${all.map(({ name }) => name).join(', ')}`,
    );
  return all.filter(({ name, counts }) => (wanted ? wanted.includes(name) : counts[length] > 0));
}

/** The counts of its rounds: a soak is many rounds, each as long as one of `npm run faults`. */
function roundsOf({ counts }: Scenario): number[] {
  const whole = counts[length] || counts.faults;
  const most = length === 'soak' ? counts.faults || whole : whole;
  return Array.from({ length: Math.ceil(whole / most) }, (_, i) => Math.min(most, whole - i * most));
}

async function play({ name }: Scenario, round: number, count: number): Promise<Omit<Result, 'build'>> {
  const own = round === 0 ? seed : hash(`${seed}/${round}`);
  const begun = Date.now();
  const outcome = await inProcess(name, length === 'soak' ? 'faults' : length, count, own);
  const seconds = Math.round((Date.now() - begun) / 100) / 10;
  const { ok } = outcome;
  const told = ok ? { figures: outcome.figures } : { failure: outcome.failure };
  return { scenario: name, length, seed: own, count, round, seconds, ok, ...told };
}

function inProcess(name: string, as: Length, count: number, own: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const program = fileURLToPath(new URL('./play.js', import.meta.url));
    // A process group of its own: whatever it started ends with it.
    const child = spawn(process.execPath, ['--enable-source-maps', program, name, as, `${count}`, `${own}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    playing = child;
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const hung = setTimeout(() => child.kill('SIGTERM'), hungMs);
    // Whatever it started may still hold its output.
    child.once('exit', () => endGroup(child));
    child.once('close', (code, signal) => {
      clearTimeout(hung);
      const last = printed.trim().split('\n').at(-1) ?? '';
      try {
        resolve(JSON.parse(last) as Outcome);
      } catch {
        resolve({
          ok: false,
          failure: `it ended with ${signal ?? code} and told nothing: ${last.slice(0, 300)}`,
        });
      }
    });
  });
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing of it is left.
  }
}

function print({ name }: Scenario, rounds: Result[]): void {
  const failure = rounds.find(({ ok }) => !ok);
  const sum = (key: 'count' | 'seconds'): number =>
    Math.round(rounds.reduce((total, one) => total + one[key], 0) * 10) / 10;
  const line = {
    ...{ scenario: name, length, seed: failure?.seed ?? seed, count: sum('count'), seconds: sum('seconds') },
    ...{ ok: !failure, figures: together(rounds) },
    ...(failure && { failure: failure.failure, again: commandOf(name, failure) }),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
  if (failure) {
    process.stderr.write(`${name} failed, seed ${failure.seed}. To repeat it: ${commandOf(name, failure)}\n`);
  }
}

function commandOf(name: string, { seed: own }: Result): string {
  return `npm run faults -- ${length === 'quick' ? '--quick ' : ''}--only ${name} --seed ${own} --again`;
}

function tellRound({ scenario, round, ok, seconds }: Omit<Result, 'build'>, of: number): void {
  process.stderr.write(
    `${scenario}: round ${round + 1} of ${of} ${ok ? 'passed' : 'failed'} in ${seconds} s\n`,
  );
}

function resultsFile(): string {
  return join(process.env['HEARBACK_DATA'] ?? '.hearback', 'faults', `${length}-${seed}.jsonl`);
}

/** deploy/local/build.mjs leaves it with what it has built. */
function buildStamp(): string {
  const stamp = 'dist/.built-services';
  return existsSync(stamp) ? readFileSync(stamp, 'utf8').slice(0, 16) : 'by hand';
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    playing?.kill('SIGTERM');
    setTimeout(() => {
      if (playing) endGroup(playing);
      process.exit(130);
    }, 1_000);
  });
main().then(
  (failed) => process.exit(failed === 0 ? 0 : 1),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.stdout.write('0 passed, 1 failed\n');
    process.exit(1);
  },
);

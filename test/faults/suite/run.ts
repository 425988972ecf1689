/**
 * `npm run faults`: plays scenarios one after the other and prints a JSON line each. See docs/faults.md.
 * Engines are those of HEARBACK_TEST_KAFKA and HEARBACK_TEST_MONGO; deploy/local/faults.mjs starts them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hash } from './chance.js';
import { playInProcess, stopPlaying } from './lane.js';
import { Results, together } from './results.js';
import type { Result } from './results.js';
import type { Length, Scenario } from './scenario.js';
import { scenarios } from './scenarios.js';

const usual = 20_261_122;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    soak: { type: 'boolean' },
    list: { type: 'boolean' },
    again: { type: 'boolean' },
    only: { type: 'string' },
    seed: { type: 'string' },
    rounds: { type: 'string' },
  },
});
const length: Length = values.quick ? 'quick' : values.soak ? 'soak' : 'faults';
const seed = Number(values.seed ?? usual);

/** A scenario, and which of its rounds. */
interface Turn {
  scenario: Scenario;
  round: number;
  count: number;
  of: number;
}

async function main(): Promise<number> {
  if (!Number.isInteger(seed)) throw new Error(`--seed ${values.seed} must be a whole number`);
  const chosen = choose(await scenarios());
  if (values.list) {
    for (const { name, promise, counts } of chosen)
      process.stdout.write(`${name.padEnd(16)} ${String(counts[length]).padStart(6)}  ${promise}\n`);
    return 0;
  }
  const results = new Results(resultsFile(), buildStamp(), values.again ?? length === 'quick');
  const ended = new Map<string, Result[]>();
  const turns = turnsOf(chosen);
  if (turns.length === 0) throw new Error(`--rounds ${values.rounds}: no scenario chosen has so many rounds`);
  const lane = async (): Promise<void> => {
    for (let turn = turns.shift(); turn; turn = turns.shift()) {
      const { name } = turn.scenario;
      const before = ended.get(name) ?? [];
      if (before.some(({ ok }) => !ok)) continue;
      const result = results.passed(name, turn.round, turn.count) ?? results.add(await play(turn));
      ended.set(name, [...before, result]);
      if (turn.of > 1) tellRound(result, turn.of);
      if (!result.ok || !turns.some(({ scenario }) => scenario === turn.scenario)) print(ended.get(name)!);
    }
  };
  // The quick ones mostly wait, for sessions to end and consumers to join: two at a time.
  await Promise.all(length === 'quick' ? [lane(), lane()] : [lane()]);
  const failed = [...ended.values()].filter((rounds) => rounds.some(({ ok }) => !ok)).length;
  process.stdout.write(`${ended.size - failed} passed, ${failed} failed\n`);
  if (failed === 0 && !values.only && !values.rounds) results.complete();
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

/**
 * A soak is many rounds, each about as long as one of `npm run faults`, and goes round by round over all scenarios: one
 * that is stopped in the middle has been everywhere.
 */
function turnsOf(chosen: Scenario[]): Turn[] {
  const turns = chosen.flatMap((scenario) => {
    const { counts } = scenario;
    const whole = counts[length] || counts.faults;
    const most = length === 'soak' ? scenario.round || counts.faults || whole : whole;
    const of = Math.ceil(whole / most);
    return Array.from({ length: of }, (_, round) => {
      return { scenario, round, count: Math.min(most, whole - round * most), of };
    });
  });
  const [from, to] = wantedRounds();
  return turns.filter(({ round }) => from <= round && round <= to).sort((a, b) => a.round - b.round);
}

/** The first and the last round of --rounds, counted from 0; people count from 1. */
function wantedRounds(): [number, number] {
  if (values.rounds === undefined) return [0, Infinity];
  const [, from, to] = /^(\d+)-(\d+)$/.exec(values.rounds)?.map(Number) ?? [];
  if (length !== 'soak' || !from || !to || to < from)
    throw new Error(
      `--rounds ${values.rounds}: give the first and the last round of a soak, as in --soak --rounds 11-20`,
    );
  return [from - 1, to - 1];
}

async function play({ scenario: { name }, round, count }: Turn): Promise<Omit<Result, 'build'>> {
  const own = round === 0 ? seed : hash(`${seed}/${round}`);
  const begun = Date.now();
  const outcome = await playInProcess(name, length === 'soak' ? 'faults' : length, count, own);
  const seconds = Math.round((Date.now() - begun) / 100) / 10;
  return { scenario: name, length, seed: own, count, round, seconds, ...outcome };
}

/** The line of a scenario: of all its rounds together, or up to the one that failed. */
function print(rounds: Result[]): void {
  const failed = rounds.find(({ ok }) => !ok);
  const { scenario, seed: own } = failed ?? rounds[0]!;
  const sum = (key: 'count' | 'seconds'): number =>
    Math.round(rounds.reduce((total, one) => total + one[key], 0) * 10) / 10;
  const again = failed && commandOf(failed);
  const line = {
    ...{ scenario, length, seed: own, count: sum('count'), seconds: sum('seconds'), ok: !failed },
    ...{ figures: together(rounds), ...(failed && { failure: failed.failure, again }) },
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
  if (again) process.stderr.write(`${scenario} failed, seed ${own}. To repeat it: ${again}\n`);
}

function commandOf({ scenario, seed: own }: Result): string {
  const quick = length === 'quick' ? '--quick ' : '';
  return `npm run faults -- ${quick}--only ${scenario} --seed ${own} --again`;
}

function tellRound({ scenario, round, ok, seconds }: Result, of: number): void {
  const what = `${scenario}: round ${round + 1} of ${of}`;
  process.stderr.write(`${what} ${ok ? 'passed' : 'failed'} in ${seconds} s\n`);
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
  process.once(signal, () => void stopPlaying().then(() => process.exit(130)));
main().then(
  (failed) => process.exit(failed === 0 ? 0 : 1),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.stdout.write('0 passed, 1 failed\n');
    process.exit(1);
  },
);

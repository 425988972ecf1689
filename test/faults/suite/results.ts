import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Length } from './scenario.js';

/** One round of one scenario that was played to its end. */
export interface Result {
  scenario: string;
  length: Length;
  /** Of the round; the first one has the run's own. */
  seed: number;
  count: number;
  round: number;
  seconds: number;
  ok: boolean;
  figures?: Record<string, number | string>;
  failure?: string;
  /** Of what was played: results of another build say nothing about this one. */
  build: string;
}

/** The rounds of a run, kept in a file as they end, so that a run that was interrupted goes on where it stopped. */
export class Results {
  private readonly kept: Result[];

  constructor(
    private readonly file: string,
    private readonly build: string,
    again: boolean,
  ) {
    if (again) rmSync(file, { force: true });
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    this.kept = lines.flatMap((line) => resultIn(line)).filter((one) => one.build === build);
  }

  /** What passed already, in this build: it is not played again. */
  passed(scenario: string, round: number, count: number): Result | undefined {
    return this.kept.find(
      (one) => one.ok && one.scenario === scenario && one.round === round && one.count === count,
    );
  }

  add(played: Omit<Result, 'build'>): Result {
    const result = { ...played, build: this.build };
    mkdirSync(dirname(this.file), { recursive: true });
    appendFileSync(this.file, `${JSON.stringify(result)}\n`);
    return result;
  }

  /** The run is complete: the next one begins anew. */
  complete(): void {
    rmSync(this.file, { force: true });
  }
}

/** None for a line that was cut short when the run was killed. */
function resultIn(line: string): Result[] {
  try {
    return [JSON.parse(line) as Result];
  } catch {
    return [];
  }
}

/** Figures of several rounds as those of one: numbers add up, but what is a maximum; of texts, the last counts. */
export function together(rounds: readonly Result[]): Record<string, number | string> {
  const sum: Record<string, number | string> = {};
  for (const [name, value] of rounds.flatMap(({ figures = {} }) => Object.entries(figures))) {
    const before = sum[name];
    if (typeof value !== 'number' || typeof before !== 'number') sum[name] = value;
    else sum[name] = /max|most/i.test(name) ? Math.max(before, value) : before + value;
  }
  return sum;
}

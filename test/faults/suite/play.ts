/**
 * Plays one round of one scenario in a process of its own, so that nothing of it is left when it has failed:
 * `node dist/test/faults/suite/play.js NAME LENGTH COUNT SEED`. Its last line on stdout is an Outcome; progress goes to
 * stderr.
 */
import { scenarios } from './scenarios.js';
import type { Length } from './scenario.js';

export type Outcome = { ok: true; figures: Record<string, number | string> } | { ok: false; failure: string };

const [name = '', length = 'quick', count = '0', seed = '0'] = process.argv.slice(2);
const begun = Date.now();
const tell = (line: string): void => {
  const seconds = ((Date.now() - begun) / 1000).toFixed(1).padStart(6);
  process.stderr.write(`[${seconds} s] ${name}: ${line}\n`);
};

async function main(): Promise<Outcome> {
  const scenario = (await scenarios()).find((one) => one.name === name);
  if (!scenario) return { ok: false, failure: `there is no scenario '${name}'` };
  const round = { length: length as Length, count: Number(count), seed: Number(seed), tell };
  try {
    return { ok: true, figures: await scenario.run(round) };
  } catch (error) {
    process.stderr.write(`${(error as Error).stack}\n`);
    return { ok: false, failure: (error as Error).message };
  }
}

// Asked to stop: engines of its own go at exit, and who asked ends the rest of this process group.
process.once('SIGTERM', () => process.exit(143));
void main().then((outcome) => {
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
  process.exit(outcome.ok ? 0 : 1);
});

import { randomBytes } from 'node:crypto';
import { Bench } from './bench.js';
import { Broken } from './check.js';
import type { Check } from './check.js';
import { parkingChecks } from './parking-checks.js';
import { readerChecks } from './reader-checks.js';
import { sweepChecks } from './sweep-checks.js';
import { writerChecks } from './writer-checks.js';

/**
 * The contract of libs/messaging as a program: `contract.js FOLDER CHECK...` holds the build in that folder against
 * these checks, on the engines that the environment names, and prints one JSON line a check. Exits 0 when all hold, 1
 * when one is broken, 2 when they could not be made.
 */
export const checks: Check[] = [...writerChecks, ...sweepChecks, ...readerChecks, ...parkingChecks];

export interface Verdict {
  check: string;
  holds: boolean;
  why?: string;
  ms: number;
}

async function main([folder, ...names]: string[]): Promise<void> {
  const chosen = names.map((name) => {
    const check = checks.find((one) => one.name === name);
    if (!check) throw new Error(`there is no check '${name}'`);
    return check;
  });
  process.env['HEARBACK_PREFIX'] = `s${randomBytes(5).toString('hex')}`;
  const bench = await Bench.open(folder!);
  try {
    for (const check of chosen) {
      const verdict = await judged(check, bench);
      process.stdout.write(`${JSON.stringify(verdict)}\n`);
      if (!verdict.holds) process.exitCode = 1;
    }
  } finally {
    await bench.close();
  }
}

/** A check that is not over by then waits for something that will not come, in ms. */
const patienceMs = 120_000;

async function judged({ name, run }: Check, bench: Bench): Promise<Verdict> {
  const begun = Date.now();
  const { promise: never, reject } = Promise.withResolvers<never>();
  const late = setTimeout(() => reject(new Broken(`not over after ${patienceMs / 1000} s`)), patienceMs);
  try {
    await Promise.race([run(bench), never, bench.endsByItself()]);
    return { check: name, holds: true, ms: Date.now() - begun };
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return { check: name, holds: false, why: error.message, ms: Date.now() - begun };
  } finally {
    clearTimeout(late);
  }
}

if (import.meta.main) {
  await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(2);
  });
}

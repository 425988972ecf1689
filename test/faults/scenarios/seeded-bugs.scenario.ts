import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { engines } from '#testing';
import type { Bug } from '../seeded/bug.js';
import { bugs } from '../seeded/bugs.js';
import { seededBuild } from '../seeded/build.js';
import { checks } from '../seeded/contract.js';
import type { Verdict } from '../seeded/contract.js';
import type { Round, Scenario } from '../suite/scenario.js';

/** Builds that are held against the contract at the same time: they wait more than they work. */
const abreast = 3;
const contract = join(import.meta.dirname, '../seeded/contract.js');

/** A build without its bug is held against the same checks first; were one of them to fail there, catching proved nothing. */
export const scenario: Scenario = {
  name: 'seeded-bugs',
  promise:
    'A build of libs/messaging with one promise broken on purpose is caught, for that reason, and the true build keeps them all.',
  counts: { quick: bugs.filter(({ quick }) => quick).length, faults: bugs.length, soak: bugs.length },
  async run({ length, count, tell }: Round) {
    const chosen = bugs.filter(({ quick }) => quick || length !== 'quick').slice(0, count);
    const needed = checks.filter(({ name }) => chosen.some(({ caughtBy }) => caughtBy === name));
    const running = await engines();
    const env = environment(running);
    const escaped: string[] = [];
    let held = 0;
    const holdTrue = (side: 'writer' | 'reader') => async (): Promise<void> => {
      const names = needed.filter((one) => one.side === side).map(({ name }) => name);
      const verdicts = await judge(undefined, names, env);
      const broken = verdicts.filter(({ holds }) => !holds).map(({ check, why }) => `${check}: ${why}`);
      if (broken.length > 0) throw new Error(`the true build does not keep: ${broken.join('; ')}`);
      held += verdicts.length;
      tell(`the true build keeps all ${verdicts.length} promises of a ${side}`);
    };
    const seed = (bug: Bug) => async (): Promise<void> => {
      const [verdict] = await judge(bug, [bug.caughtBy], env);
      const how = howItEscaped(bug, verdict!);
      if (how) escaped.push(how);
      tell(how ? `MISSED: ${how}` : `caught: ${bug.name} - ${bug.caughtBy}: ${verdict!.why}`);
    };
    try {
      await all([...(['writer', 'reader'] as const).map(holdTrue), ...chosen.map(seed)]);
    } finally {
      await running.stop();
    }
    if (escaped.length > 0) throw new Error(`seeded bugs that no check caught: ${escaped.join('; ')}`);
    return { bugs: chosen.length, caught: chosen.length, checks: held };
  },
};

/** How a bug got past its check; undefined when it is caught: the check failed, and for the reason that the bug gives. */
function howItEscaped({ name, caughtBy, because }: Bug, { holds, why = '' }: Verdict): string | undefined {
  if (holds) return `${name}: '${caughtBy}' holds`;
  if (because.test(why)) return undefined;
  return `${name}: '${caughtBy}' fails for another reason: '${why}', which is not ${because}`;
}

function environment(running: { kafka: string; mongo: string }): NodeJS.ProcessEnv {
  return {
    ...process.env,
    HEARBACK_KAFKA: running.kafka,
    HEARBACK_MONGO: running.mongo,
    HEARBACK_SECRET: 'cd'.repeat(32),
    HEARBACK_DISTRICTS: 'moon=localhost;mars=mars.test',
    HEARBACK_SESSION_MS: '6000',
    HEARBACK_LOG: 'fatal',
  };
}

/** Runs the tasks some at a time, in their order; the first failure ends it once those in hand are done. */
async function all(tasks: (() => Promise<void>)[]): Promise<void> {
  const left = [...tasks];
  const worker = async (): Promise<void> => {
    for (let task = left.shift(); task; task = left.shift()) {
      try {
        await task();
      } catch (error) {
        left.length = 0;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: abreast }, worker));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Holds a build against checks in a process of its own. @throws Error when the checks could not be made. */
async function judge(bug: Bug | undefined, names: string[], env: NodeJS.ProcessEnv): Promise<Verdict[]> {
  const build = seededBuild(bug);
  try {
    const { code, printed, complaints } = await run([contract, build.folder, ...names], env);
    if (code !== 0 && code !== 1)
      throw new Error(
        `${bug?.name ?? 'the true build'} could not be judged (exit ${code}): ${complaints || printed}`,
      );
    return printed
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Verdict);
  } finally {
    build.remove();
  }
}

function run(
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; printed: string; complaints: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [printed, complaints] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, printed, complaints }));
  });
}

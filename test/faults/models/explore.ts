import { Worker } from 'node:worker_threads';
import type { Round } from '../suite/scenario.js';
import type { PropertyName } from './properties.js';
import type { Finding, Share } from './worker.js';

/** Sequences between two looks at the clock; a seed of its own each, so that a failure is found again alone. */
const atOnce = 500;
const threads = 2;
const tellEveryMs = 10_000;

/** Runs `count` random sequences of each property. @returns how many ran. @throws Error with the first that does not hold. */
export async function explore(names: readonly PropertyName[], { count, seed, tell }: Round): Promise<number> {
  const shares = names.flatMap((name) => sharesOf(name, count, seed));
  let done = 0;
  let toldAt = Date.now();
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('worker.js', import.meta.url), {
      env: { ...process.env, HEARBACK_SECRET: 'cd'.repeat(32), HEARBACK_DISTRICTS: 'moon=localhost' },
    });
    try {
      for (let share = shares.shift(); share; share = shares.shift()) {
        const finding = await ask(worker, share);
        if (finding) {
          shares.length = 0;
          throw new Error(finding);
        }
        done += share.count;
        if (Date.now() - toldAt < tellEveryMs) continue;
        toldAt = Date.now();
        tell(`${done} of ${count * names.length} sequences, at ${share.name}`);
      }
    } finally {
      await worker.terminate();
    }
  };
  const results = await Promise.allSettled(Array.from({ length: threads }, work));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return done;
}

function sharesOf(name: PropertyName, count: number, seed: number): Share[] {
  return Array.from({ length: Math.ceil(count / atOnce) }, (_, i) => {
    return { name, count: Math.min(atOnce, count - i * atOnce), seed: seed + i };
  });
}

function ask(worker: Worker, share: Share): Promise<Finding> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (finding: Finding) => {
      worker.off('error', reject);
      resolve(finding);
    });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage(share);
  });
}

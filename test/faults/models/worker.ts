import { parentPort } from 'node:worker_threads';
import fc from 'fast-check';
import { properties } from './properties.js';
import type { PropertyName } from './properties.js';

/** So many sequences of one property, from one seed. */
export interface Share {
  name: PropertyName;
  count: number;
  seed: number;
}

/** Undefined, or what does not hold, with the shortest sequence that shows it. */
export type Finding = string | undefined;

/** A thread of its own: pure work, beside which the runner stays awake, with settings of its own. */
parentPort?.on('message', (share: Share) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  void find(share).then((finding) => parentPort!.postMessage(finding));
});

async function find({ name, count, seed }: Share): Promise<Finding> {
  const result = await fc.check(properties[name] as fc.IAsyncProperty<unknown>, { numRuns: count, seed });
  if (!result.failed) return undefined;
  const error =
    result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance);
  const how = `seed ${seed}, path ${result.counterexamplePath}, after ${result.numRuns} of ${count}`;
  return `${name}: ${error}\n  ${how}\n  ${JSON.stringify(result.counterexample)}`;
}

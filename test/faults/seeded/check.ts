import type { Bench } from './bench.js';
import type { Held } from './tap.js';

/** One promise of messaging, and the schedule that shows whether a build keeps it. */
export interface Check {
  name: string;
  /** Which processes it needs: checks of one side share them. */
  side: 'writer' | 'reader';
  /** @throws Broken when the promise is. Everything else that it throws says that the check itself could not be made. */
  run(bench: Bench): Promise<void>;
}

/** A promise that this build does not keep. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

export function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Broken(otherwise);
}

export function mustEqual(found: unknown, wanted: unknown, what: string): void {
  const [is, be] = [JSON.stringify(found), JSON.stringify(wanted)];
  must(is === be, `${what}: ${is} instead of ${be}`);
}

type Probe<T> = () => Promise<T | undefined | false> | T | undefined | false;

const waitMs = 15_000;

/** Waits for what a schedule needs before its promise can be looked at: no bug is caught by that not coming. */
export async function comes<T>(probe: Probe<T>, what: string): Promise<T> {
  return mustCome(probe, `the schedule needs ${what}, which did not come`);
}

/** Waits for what the promise itself says will come, where nothing else shows that it never does. @throws Broken then. */
export async function mustCome<T>(probe: Probe<T>, otherwise: string): Promise<T> {
  const until = Date.now() + waitMs;
  for (;;) {
    const found = await probe();
    if (found) return found;
    must(Date.now() <= until, `${otherwise} (waited ${waitMs / 1000} s)`);
    await pause(30);
  }
}

/** Waits until a request that is to be held has come. */
export async function reached(held: Held, what: string): Promise<void> {
  await comes(() => held.count() > 0, what);
}

/** Watches for a while what must not come; ends at once when it does. @throws Broken then. */
export async function staysAway(
  probe: () => Promise<boolean> | boolean,
  what: string,
  milliseconds: number,
): Promise<void> {
  const until = Date.now() + milliseconds;
  while (Date.now() < until) {
    must(!(await probe()), what);
    await pause(50);
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

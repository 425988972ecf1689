import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Outcome } from './play.js';
import type { Length } from './scenario.js';

/** A round that is not over by then hangs, in ms. */
const hungMs = 45 * 60_000;
const playing = new Set<ChildProcess>();

/** Plays one round in a process group of its own: whatever it started ends with it. */
export function playInProcess(name: string, length: Length, count: number, seed: number): Promise<Outcome> {
  const program = fileURLToPath(new URL('./play.js', import.meta.url));
  const what = [name, length, String(count), String(seed)];
  const child = spawn(process.execPath, ['--enable-source-maps', program, ...what], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  playing.add(child);
  const hung = setTimeout(() => child.kill('SIGTERM'), hungMs);
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  // What it started may still hold its output open.
  child.once('exit', () => endGroup(child));
  return new Promise((resolve) => {
    child.once('close', (code, signal) => {
      clearTimeout(hung);
      playing.delete(child);
      resolve(
        outcomeIn(printed) ?? { ok: false, failure: `it ended with ${signal ?? code} and told nothing` },
      );
    });
  });
}

/** Engines of its own go when a scenario is asked to stop; the rest of its group after that. */
export async function stopPlaying(): Promise<void> {
  for (const child of playing) child.kill('SIGTERM');
  for (let i = 0; i < 20 && playing.size > 0; i += 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
  for (const child of playing) endGroup(child);
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing of it is left.
  }
}

function outcomeIn(printed: string): Outcome | undefined {
  try {
    return JSON.parse(printed.trim().split('\n').at(-1) ?? '') as Outcome;
  } catch {
    return undefined;
  }
}

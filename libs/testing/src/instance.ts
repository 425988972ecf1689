import { execFile, spawn } from 'node:child_process';
import { createWriteStream, existsSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ServiceName } from '#platform';
import type { CrashPoint } from '#messaging';

export type RunningName = ServiceName | 'devtools';

/** How a process ended: by itself or asked to with a code, or killed by a signal. */
export interface Exit {
  name: RunningName;
  pid: number;
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Whether a test wanted it: by `stop`, or by SIGKILL, at a crash point or anywhere. */
  wanted: boolean;
  at: Date;
}

/** One process of a service. */
export interface Instance {
  name: RunningName;
  /** Its own address, past the gateway. */
  url: string;
  pid: number;
  /** SIGKILL, SIGSTOP, SIGCONT, …; nothing when it has ended already. */
  signal(signal: NodeJS.Signals): void;
  /**
   * It dies (SIGKILL) or stands still (SIGSTOP) by itself, once, when it, or its successor, next comes to this point.
   * @returns settles once it has; rejects when it did not come there within `ms`.
   */
  endAt(point: CrashPoint, signal: 'SIGKILL' | 'SIGSTOP', ms: number): Promise<void>;
  /** SIGTERM, and SIGKILL when it has not ended after 15 s. */
  stop(): Promise<Exit>;
  ended: Promise<Exit>;
  /** Resident memory in MB; 0 when it has ended. */
  memory(): Promise<number>;
}

/** Starts one; what it prints is appended to FILE.log in `data`, and FILE.crash holds its orders to die. */
export function launchInstance(
  name: RunningName,
  url: string,
  data: string,
  file: string,
  env: NodeJS.ProcessEnv,
): Instance {
  const orders = join(data, `${file}.crash`);
  const child = spawn(process.execPath, ['--enable-source-maps', `dist/apps/${name}/src/main.js`], {
    env: { ...env, HEARBACK_CRASH_FILE: orders },
  });
  const log = createWriteStream(join(data, `${file}.log`), { flags: 'a' });
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  const pid = child.pid!;
  let isStopping = false;
  const ended = new Promise<Exit>((resolve) =>
    child.once('exit', (code, signal) =>
      resolve({ name, pid, code, signal, wanted: isStopping || signal === 'SIGKILL', at: new Date() }),
    ),
  );
  return {
    name,
    url,
    pid,
    ended,
    signal: (signal) => void child.kill(signal),
    endAt: (point, signal, ms) => {
      writeFileSync(orders, signal === 'SIGSTOP' ? `${point} SIGSTOP` : point);
      return taken(orders, `${name} did not come to '${point}'`, ms);
    },
    stop: async () => {
      isStopping = true;
      const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
      child.kill('SIGTERM');
      // One that was stopped by SIGSTOP hears nothing else.
      child.kill('SIGCONT');
      const exit = await ended;
      clearTimeout(late);
      return exit;
    },
    memory: async () => {
      const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]).catch(() => ({
        stdout: '0',
      }));
      return Math.round(Number(stdout) / 1024);
    },
  };
}

/** Waits until somebody has taken the order. */
async function taken(orders: string, otherwise: string, ms: number): Promise<void> {
  const until = Date.now() + ms;
  while (existsSync(orders)) {
    if (Date.now() > until) {
      unlinkSync(orders);
      throw new Error(`${otherwise} within ${ms} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Ports that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<typeof server>((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

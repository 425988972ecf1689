import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import type { Db } from 'mongodb';
import { TestTopics } from '#messaging';
import type { CrashPoint } from '#messaging';
import { callApi } from './call.js';
import type { Call, Reply } from './call.js';
import { engines } from './engines.js';
import type { Engines } from './engines.js';
import { freePorts, launchInstance } from './instance.js';
import type { Exit, Instance, RunningName } from './instance.js';

export const serviceNames = [
  'roster',
  'casework',
  'intake',
  'student-voice',
  'family-council',
  'reporting',
  'gateway',
] as const;

/** Hearback as it runs: every service a process of its own, real engines, the demo district loaded. */
export interface District {
  url: string;
  mailbox: string;
  prefix: string;
  env: NodeJS.ProcessEnv;
  call<T = Record<string, unknown>>(method: string, path: string, call?: Call): Promise<Reply<T>>;
  /** `Bearer …` of the development issuer. */
  token(
    as: string,
    options?: { org?: string; team?: string; sub?: string; district?: string },
  ): Promise<string>;
  /** SIGKILL, and a new process at once, as a supervisor does. */
  kill(name: RunningName): Promise<void>;
  /**
   * A service dies by itself, once, when it next comes to this point; a supervisor starts it again.
   * @returns settles when it has died there; rejects when it did not come there within `ms`.
   */
  dieAt(name: RunningName, point: CrashPoint, ms?: number): Promise<void>;
  /** SIGTERM, and none in its place until `start`. */
  stop(name: RunningName): Promise<Exit>;
  start(name: RunningName): Promise<void>;
  /** The process that runs a service now. */
  running(name: RunningName): Instance;
  /** Every process that ended so far, in order, whoever ended it. */
  exits: readonly Exit[];
  /**
   * One more process of a service, on a port of its own, `env` added; stopped with the district. Ready when this
   * resolves.
   */
  another(name: RunningName, env?: NodeJS.ProcessEnv): Promise<Instance>;
  db(service: string): Db;
  /** Every database of this installation. */
  databases(): Promise<Db[]>;
  /** Its topics, to read and to send to. */
  topics: TestTopics;
  /** Everything that the processes printed, or those of one service. */
  logs(name?: RunningName): string;
  close(): Promise<void>;
}

export interface DistrictOptions {
  /** Engines that are the caller's to stop; else those of the test run. */
  engines?: Engines;
  /** What one service's environment has beside the others'. */
  envOf?: (name: RunningName) => NodeJS.ProcessEnv;
}

/** Starts it; some ten seconds. `env` adds to the services' environment. */
export async function startDistrict(
  env: NodeJS.ProcessEnv = {},
  options: DistrictOptions = {},
): Promise<District> {
  const running = options.engines ?? (await engines());
  const data = mkdtempSync(join(tmpdir(), 'hearback-district-'));
  const prefix = `e${randomBytes(5).toString('hex')}`;
  const ports = await freePorts(serviceNames.length + 3);
  const [issuer, mailbox, smtp] = ports.slice(serviceNames.length);
  const url = `http://127.0.0.1:${ports[serviceNames.indexOf('gateway')]}`;
  const all: NodeJS.ProcessEnv = {
    ...process.env,
    HEARBACK_KAFKA: running.kafka,
    HEARBACK_MONGO: running.mongo,
    HEARBACK_PREFIX: prefix,
    HEARBACK_DATA: data,
    HEARBACK_SECRET: 'ef'.repeat(32),
    HEARBACK_PUBLIC_URL: url,
    HEARBACK_ISSUER: `http://127.0.0.1:${issuer}`,
    HEARBACK_SMTP: `smtp://127.0.0.1:${smtp}`,
    HEARBACK_PORT_ISSUER: String(issuer),
    HEARBACK_PORT_MAILBOX: String(mailbox),
    HEARBACK_PORT_SMTP: String(smtp),
    HEARBACK_MAILBOX: `http://127.0.0.1:${mailbox}`,
    HEARBACK_DISTRICTS: 'moon=localhost,127.0.0.1;mars=mars.test',
    HEARBACK_RATE: '0',
    HEARBACK_RECONCILE_MINUTES: '0',
    HEARBACK_SESSION_MS: '6000',
    HEARBACK_LOG: 'debug',
    ...Object.fromEntries(serviceNames.map((name, i) => [portVariable(name), String(ports[i])])),
    ...env,
  };
  const processes = new Map<RunningName, Instance>();
  const others: Instance[] = [];
  const exits: Exit[] = [];
  const stopping = new Set<RunningName>();
  let closing = false;
  const launch = (name: RunningName, port: number, file: string, extra: NodeJS.ProcessEnv = {}): Instance => {
    const own = { ...all, ...options.envOf?.(name), ...extra, [portVariable(name)]: String(port) };
    const instance = launchInstance(name, `http://127.0.0.1:${port}`, data, file, own);
    void instance.ended.then((exit) => exits.push(exit));
    return instance;
  };
  const start = (name: RunningName): void => {
    const instance = launch(name, Number(all[portVariable(name)]), name);
    void instance.ended.then(() => {
      if (closing || stopping.has(name)) return;
      setTimeout(() => closing || stopping.has(name) || start(name), 200);
    });
    processes.set(name, instance);
  };
  for (const name of ['devtools', ...serviceNames] as const) start(name);
  const logs = (name?: RunningName): string =>
    readdirSync(data)
      .filter((file) => file.endsWith('.log') && (!name || file.replace(/(-\d+)?\.log$/, '') === name))
      .map((file) => readFileSync(join(data, file), 'utf8'))
      .join('\n');
  const client = await new MongoClient(running.mongo).connect();
  const { mintToken } = (await import(
    new URL('../../../../deploy/demo/token.mjs', import.meta.url).href
  )) as {
    mintToken(request: {
      as: string;
      org?: string;
      team?: string;
      sub?: string;
      district?: string;
    }): Promise<string>;
  };
  // Tokens and topics are made in this process, by the same settings.
  for (const [name, value] of Object.entries(all))
    if (name.startsWith('HEARBACK_')) process.env[name] = value;
  const topics = new TestTopics();
  const district: District = {
    url,
    mailbox: `http://127.0.0.1:${mailbox}`,
    prefix,
    env: all,
    call: (method, path, call) => callApi(`${call?.at ?? url}${path}`, method, call),
    token: async (as, options = {}) => `Bearer ${await mintToken({ as, ...options })}`,
    kill: async (name) => {
      // Dead already, and its successor not there yet, is as good.
      const instance = processes.get(name)!;
      instance.signal('SIGKILL');
      await instance.ended;
    },
    dieAt: (name, point, ms = 120_000) => processes.get(name)!.endAt(point, 'SIGKILL', ms),
    stop: (name) => {
      stopping.add(name);
      return processes.get(name)!.stop();
    },
    start: async (name) => {
      stopping.delete(name);
      start(name);
      await ready(url);
    },
    running: (name) => processes.get(name)!,
    exits,
    another: async (name, extra) => {
      const [port] = await freePorts(1);
      const instance = launch(name, port!, `${name}-${port}`, extra);
      others.push(instance);
      await ready(instance.url);
      return instance;
    },
    db: (service) => client.db(`${prefix}-${service}`),
    databases: async () =>
      (await client.db('admin').admin().listDatabases({ nameOnly: true })).databases
        .filter(({ name }) => name.startsWith(`${prefix}-`))
        .map(({ name }) => client.db(name)),
    topics,
    logs,
    close: async () => {
      closing = true;
      await topics.close();
      await Promise.all([...processes.values(), ...others].map((one) => one.stop()));
      for (const { name } of (await client.db('admin').admin().listDatabases({ nameOnly: true })).databases) {
        if (name.startsWith(`${prefix}-`)) await client.db(name).dropDatabase();
      }
      await client.close();
      if (!options.engines) await running.stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
  try {
    await ready(url);
    await run(['deploy/demo/load.mjs'], all);
  } catch (error) {
    const tail = logs().split('\n').slice(-40).join('\n');
    await district.close();
    throw new Error(`the district did not start: ${(error as Error).message}\n${tail}`, { cause: error });
  }
  return district;
}

function portVariable(name: string): string {
  return `HEARBACK_PORT_${name.replace('-', '_').toUpperCase()}`;
}

async function ready(url: string): Promise<void> {
  const until = Date.now() + 90_000;
  let last = 'no answer';
  while (Date.now() < until) {
    const response = await fetch(`${url}/health/ready`).catch(() => undefined);
    if (response?.ok) return;
    if (response) last = await response.text();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`not ready within 90 s: ${last}`);
}

/** Runs one of the project's own programs to its end. @returns what it printed. */
export async function run(args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { code, printed } = await ended(args, env);
  if (code === 0) return printed;
  throw new Error(`${args[0]} ended with ${code}:\n${printed}`);
}

/** Runs one of the project's own programs to its end, however it ends. */
export function ended(
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; printed: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, printed }));
  });
}

/** Runs the services and keeps them running: one that dies is started again at once. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LOGS, NODE, PIDS, portOf, portVariable, PROJECT } from './paths.mjs';
import {
  isRunning,
  leftover,
  portIsFree,
  reasonIn,
  rotate,
  spawnLogged,
  stopPid,
  stopProcess,
} from './processes.mjs';
import { Problem, tell } from './tell.mjs';

/** @typedef {import('./paths.mjs').PortName} PortName */
/**
 * @typedef {object} Service one process
 * @property {string} name
 * @property {string} entry the built file
 * @property {{ name: PortName, path: string }[]} ready what answers 200 when it is ready; no path: takes connections
 * @property {PortName[]} ports
 */

const SERVICES = /** @type {const} */ ([
  'roster',
  'casework',
  'intake',
  'student-voice',
  'family-council',
  'reporting',
  'gateway',
]);

/** Between a crash and the next try, by how many crashes came shortly before it. */
const BACK_OFF_MS = [200, 1_000, 5_000];
const CRASHES = { most: 10, withinMs: 120_000 };

/**
 * The young generation of those that carry the load, in MB: collected less often, they do a tenth more. It holds for
 * their threads, too.
 * @type {Record<string, number>}
 */
const YOUNG = { roster: 3, intake: 16, casework: 4, reporting: 4, all: 4 };

/**
 * How large the old generation may become, in MB. The nearer the end, the sooner V8 collects: without one, the roster
 * let 160 MB lie while a crosswalk was laid. It holds a quarter of this; its threads have limits of their own.
 * @type {Record<string, number>}
 */
const OLD = { roster: 512 };

/**
 * V8 asks the machine for more than a small installation needs: the young generation is kept small, and glibc keeps
 * two heaps a process instead of eight a core.
 * @param {string} name of the service
 */
export function nodeFlags(name) {
  return [
    `--max-semi-space-size=${YOUNG[name] ?? 2}`,
    ...(name in OLD ? [`--max-old-space-size=${OLD[name]}`] : []),
    '--import',
    new URL('./source-maps.mjs', import.meta.url).href,
  ];
}
export const SMALL = { MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '4' };

/** The issuer and the mail catcher: one program with three ports. @type {Pick<Service, 'ports' | 'ready'>} */
const DEVTOOLS = {
  ports: ['issuer', 'mailbox', 'smtp'],
  ready: [{ name: 'issuer', path: '/.well-known/openid-configuration' }],
};

/**
 * The processes of this start: each service its own, or those of HEARBACK_SERVICES (`all`, or a list) in one. The
 * development tools are among them unless another issuer and another mail server are given, or a list leaves them out.
 * @returns {{ services: Service[], env: NodeJS.ProcessEnv }} env: what tells the one process which services it is
 */
export function servicesToRun() {
  const asked = process.env.HEARBACK_SERVICES;
  const ownTools = !process.env.HEARBACK_ISSUER || !process.env.HEARBACK_SMTP;
  const every = [...(ownTools ? ['devtools'] : []), ...SERVICES];
  const names = !asked || asked === 'all' ? every : asked.split(',').map((name) => name.trim());
  const unknown = names.find((name) => name !== 'devtools' && !SERVICES.some((service) => service === name));
  if (unknown !== undefined) {
    throw new Problem(
      `HEARBACK_SERVICES names '${unknown}', which is no service`,
      `take some of devtools, ${SERVICES.join(', ')}, or all`,
    );
  }
  const services = names.map((name) => ({
    name,
    entry: `dist/apps/${name}/src/main.js`,
    ...(name === 'devtools'
      ? DEVTOOLS
      : {
          ports: [/** @type {PortName} */ (name)],
          ready: [{ name: /** @type {PortName} */ (name), path: '/health/ready' }],
        }),
  }));
  if (!asked) return { services, env: {} };
  const ports = services.flatMap((service) => service.ports);
  const ready = services.flatMap((service) => service.ready);
  return {
    services: [{ name: 'all', entry: 'dist/apps/all/src/main.js', ports, ready }],
    env: { HEARBACK_SERVICES: names.join(',') },
  };
}

/** Stops services that a killed launcher left behind, then refuses to go on when a port is taken. @param {Service[]} services */
export async function clearTheWay(services) {
  const stopped = await Promise.all(
    ['devtools', 'all', ...SERVICES].map(async (name) => {
      const pid = await leftover(pidFileOf(name), 'dist/apps/');
      if (pid !== undefined) await stopPid(pid, pidFileOf(name), 10_000);
      return pid === undefined ? [] : [name];
    }),
  );
  if (stopped.flat().length > 0)
    tell(`Stopped what an earlier start had left running: ${stopped.flat().join(', ')}`);
  for (const { ports } of services) {
    for (const port of ports) {
      if (await portIsFree(portOf(port), process.env.HEARBACK_HOST)) continue;
      throw new Problem(
        `Port ${portOf(port)} is taken, and ${port} needs it`,
        `stop what listens there, or choose another with ${portVariable(port)}`,
      );
    }
  }
}

/** @param {string} name */
const pidFileOf = (name) => join(PIDS, `${name}.pid`);
/** @param {string} name */
const logFileOf = (name) => join(LOGS, `${name}.log`);

export class Supervisor {
  /** @type {Map<string, import('node:child_process').ChildProcess>} */
  #children = new Map();
  /** @type {Map<string, number[]>} times of crashes */
  #crashes = new Map();
  #stopping = false;
  #ready = false;
  /** @type {(reason: string) => void} */
  #giveUp = () => {};

  /** Settles with one line when a service cannot be kept running. @type {Promise<string>} */
  gaveUp = new Promise((resolve) => (this.#giveUp = resolve));

  /**
   * @param {Service[]} services
   * @param {NodeJS.ProcessEnv} env
   * @param {() => Promise<string | undefined>} faultOfEngines one line when an engine is down: no service's fault
   */
  constructor(services, env, faultOfEngines) {
    this.services = services;
    this.env = { ...SMALL, ...env };
    this.faultOfEngines = faultOfEngines;
  }

  start() {
    for (const service of this.services) {
      if (!existsSync(join(PROJECT, service.entry)))
        throw new Problem(`${service.name} was not built (${service.entry} is missing)`);
      rotate(logFileOf(service.name));
      this.#run(service);
    }
  }

  /** Waits until every service says that it is ready. */
  async ready(timeoutMs = 90_000) {
    const until = Date.now() + timeoutMs;
    for (const { name, ready } of this.services) {
      for (const { name: port, path } of ready) {
        while (!this.#stopping && !(await answers200(portOf(port), path))) {
          if (Date.now() > until) {
            throw new Problem(
              `${port} was not ready within ${timeoutMs / 1000} s (${reasonIn(logFileOf(name))})`,
              `see ${logFileOf(name)}`,
            );
          }
          await sleep(100);
        }
      }
    }
    this.#ready = true;
  }

  /** Asks every service to stop, and kills those that have not after `graceMs`. */
  async stop(graceMs = 10_000) {
    this.#stopping = true;
    await Promise.all(
      [...this.#children].map(([name, child]) => stopProcess(child, { graceMs, pidFile: pidFileOf(name) })),
    );
  }

  /** @param {Service} service */
  #run(service) {
    const { name, entry } = service;
    const child = spawnLogged(NODE, [...nodeFlags(name), join(PROJECT, entry)], {
      cwd: PROJECT,
      env: this.env,
      logFile: logFileOf(name),
      pidFile: pidFileOf(name),
    });
    this.#children.set(name, child);
    child.once('error', (error) => this.#giveUp(`${name} cannot be run (${error.message})`));
    child.once('exit', (code, signal) => {
      if (!this.#stopping) void this.#heal(service, signal ?? `exit ${code}`);
    });
  }

  /** @param {Service} service @param {string} how */
  async #heal(service, how) {
    const { name } = service;
    const reason = how.startsWith('SIG') ? how : `${how}: ${reasonIn(logFileOf(name))}`;
    const fault = await this.faultOfEngines();
    if (fault) {
      tell(`${name} ended (${how}) because ${fault}: it starts again when that answers`);
      while (!this.#stopping && (await this.faultOfEngines())) await sleep(1_000);
    }
    const now = Date.now();
    const recent = (this.#crashes.get(name) ?? []).filter((at) => now - at < CRASHES.withinMs);
    if (!fault) recent.push(now);
    this.#crashes.set(name, recent);
    // A service that never came up will not come up at the tenth try either.
    if (recent.length >= (this.#ready ? CRASHES.most : BACK_OFF_MS.length)) {
      return this.#giveUp(
        `${name} died ${recent.length} times, the last time with ${reason}: see ${logFileOf(name)}`,
      );
    }
    const lately = recent.filter((at) => now - at < 30_000).length;
    const wait = BACK_OFF_MS[Math.min(Math.max(lately, 1), BACK_OFF_MS.length) - 1] ?? 0;
    if (this.#stopping) return;
    tell(`${name} died (${reason}): starting it again in ${wait / 1000} s`);
    await sleep(wait);
    if (this.#stopping) return;
    this.#run(service);
    const child = this.#children.get(name);
    const begun = Date.now();
    while (!this.#stopping && child && isRunning(child)) {
      const ready = await Promise.all(
        service.ready.map(({ name: port, path }) => answers200(portOf(port), path)),
      );
      if (ready.every(Boolean))
        return tell(`${name} is back, ready after ${((Date.now() - begun) / 1000).toFixed(1)} s`);
      await sleep(200);
    }
  }
}

/** @param {number} port @param {string} path */
async function answers200(port, path) {
  const host =
    process.env.HEARBACK_HOST && process.env.HEARBACK_HOST !== '0.0.0.0'
      ? process.env.HEARBACK_HOST
      : '127.0.0.1';
  const response = await fetch(`http://${host}:${port}${path}`, { signal: AbortSignal.timeout(2_000) }).catch(
    () => undefined,
  );
  await response?.arrayBuffer().catch(() => undefined);
  return response?.ok === true;
}

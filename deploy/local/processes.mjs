import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from './tell.mjs';

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/**
 * Starts a program whose output goes to a log file. It leads a process group of its own, so that Ctrl-C in the
 * terminal reaches the launcher alone, which then stops everything in order.
 * @param {string} command
 * @param {string[]} args
 * @param {{ logFile: string, pidFile?: string, cwd?: string, env?: NodeJS.ProcessEnv }} options
 * @returns {ChildProcess}
 */
export function spawnLogged(command, args, { logFile, pidFile, cwd, env }) {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  try {
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', log, log] });
    if (pidFile && child.pid) {
      mkdirSync(dirname(pidFile), { recursive: true });
      writeFileSync(pidFile, `${child.pid}\n`);
    }
    return child;
  } finally {
    closeSync(log);
  }
}

/**
 * @typedef {object} Running a program that was started, or found running, and answers
 * @property {string} name
 * @property {number} port
 * @property {string} address
 * @property {(graceMs: number) => Promise<void>} stop
 * @property {Promise<string>} died settles with one line when it ends without having been asked to
 */

/**
 * @param {{ name: string, port: number, address: string, child: ChildProcess, logFile: string, pidFile: string }} started
 * @returns {Running}
 */
export function runningChild({ name, port, address, child, logFile, pidFile }) {
  let asked = false;
  return {
    name,
    port,
    address,
    stop: (graceMs) => {
      asked = true;
      return stopProcess(child, { graceMs, pidFile });
    },
    died: new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        if (!asked)
          resolve(
            `${name} ended unasked, ${signal ?? `exit ${code}`} (${reasonIn(logFile)}): see ${logFile}`,
          );
      });
    }),
  };
}

/**
 * The same for a process that is not our child: an earlier launcher left it behind.
 * @param {{ name: string, port: number, address: string, pid: number, pidFile: string }} found
 * @returns {Running}
 */
export function runningPid({ name, port, address, pid, pidFile }) {
  /** @type {NodeJS.Timeout} */
  let watch;
  return {
    name,
    port,
    address,
    stop: (graceMs) => {
      clearInterval(watch);
      return stopPid(pid, pidFile, graceMs);
    },
    died: new Promise((resolve) => {
      watch = setInterval(() => {
        if (!alive(pid)) resolve(`${name} ended unasked: start again, it keeps its data`);
      }, 2_000);
      watch.unref();
    }),
  };
}

/** Keeps the log of the run before as NAME.log.1 and begins a new one. @param {string} logFile */
export function rotate(logFile) {
  if (existsSync(logFile)) renameSync(logFile, `${logFile}.1`);
}

/** @type {Set<ChildProcess>} */
const runs = new Set();

/** Ends the programs that `run` waits for: the launcher is stopping. */
export function stopRuns() {
  for (const child of runs) child.kill('SIGTERM');
}

/**
 * Runs a program to its end.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void }} [options]
 * @returns {Promise<{ code: number | null, output: string }>} output: both streams; code null when it cannot be run
 */
export function run(command, args, { cwd, env, onLine } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    runs.add(child);
    let output = '';
    let rest = '';
    const take = (/** @type {Buffer} */ chunk) => {
      output += chunk;
      if (!onLine) return;
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(onLine);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => resolve({ code: null, output: `${output}${error.message}` }));
    child.on('close', (code) => {
      runs.delete(child);
      resolve({ code: code ?? 1, output });
    });
  });
}

/** @param {ChildProcess} child */
export const isRunning = (child) =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null;

/**
 * Asks a process to stop, and kills it (with all of its group) when it has not after `graceMs`.
 * @param {ChildProcess} child
 * @param {{ graceMs: number, pidFile?: string }} options
 */
export async function stopProcess(child, { graceMs, pidFile }) {
  if (isRunning(child)) {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    if (graceMs > 0) {
      child.kill('SIGTERM');
      const waiting = new AbortController();
      await Promise.race([gone, sleep(graceMs, undefined, { signal: waiting.signal }).catch(() => {})]);
      waiting.abort();
    }
    killGroup(child.pid);
    await gone;
  }
  if (pidFile) rmSync(pidFile, { force: true });
}

/** @param {number | undefined} pid */
function killGroup(pid) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

/** @param {number} pid @param {string} pidFile @param {number} graceMs */
export async function stopPid(pid, pidFile, graceMs) {
  if (graceMs > 0 && alive(pid)) process.kill(pid, 'SIGTERM');
  for (const until = Date.now() + graceMs; alive(pid) && Date.now() < until;) await sleep(50);
  if (alive(pid)) killGroup(pid);
  rmSync(pidFile, { force: true });
}

/**
 * The process that an earlier launcher left behind (it was killed), when it still runs. A number is believed only
 * when its process has `mark` in its command line: numbers are used again.
 * @param {string} pidFile
 * @param {string} mark
 * @returns {Promise<number | undefined>}
 */
export async function leftover(pidFile, mark) {
  if (!existsSync(pidFile)) return undefined;
  const pid = Number(readFileSync(pidFile, 'utf8'));
  if (Number.isInteger(pid) && pid > 1 && alive(pid)) {
    const { output } = await run('ps', ['-ww', '-p', String(pid), '-o', 'command=']);
    const command = existsSync(`/proc/${pid}/cmdline`)
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      : output;
    if (command.includes(mark)) return pid;
  }
  rmSync(pidFile, { force: true });
  return undefined;
}

/** Whether a process runs; one that ended and was not collected by its parent does not. @param {number} pid */
export function alive(pid) {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) [ZX]/.test(
      existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '',
    );
  } catch {
    return false;
  }
}

/**
 * The npm that runs this script, if one does: it dies without a word to us when it is asked to stop.
 * @returns {Promise<number | undefined>}
 */
export async function npmAbove() {
  if (!process.env.npm_lifecycle_event) return undefined;
  let pid = process.ppid;
  for (let level = 0; level < 3 && pid > 1; level += 1) {
    const { output } = await run('ps', ['-ww', '-p', String(pid), '-o', 'ppid=,command=']);
    const [, parent, command] = /^\s*(\d+)\s+(.*)/.exec(output) ?? [];
    if (/\bnpm\b/.test(command ?? '')) return pid;
    pid = Number(parent);
  }
  return undefined;
}

/**
 * @param {number} port
 * @param {string} [host]
 * @returns {Promise<boolean>} whether a server could listen there now
 */
export function portIsFree(port, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** @returns {Promise<number>} a port that was free a moment ago */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/**
 * Waits until `ready` says yes, the process dies, or the time is up.
 * @param {string} name
 * @param {ChildProcess} child
 * @param {string} logFile
 * @param {() => Promise<boolean>} ready
 * @param {number} [timeoutMs]
 */
export async function waitUntil(name, child, logFile, ready, timeoutMs = 60_000) {
  const until = Date.now() + timeoutMs;
  while (Date.now() < until) {
    if (!isRunning(child))
      throw new Problem(`${name} ended while starting (${reasonIn(logFile)})`, `see ${logFile}`);
    if (await ready()) return;
    await sleep(100);
  }
  throw new Problem(`${name} did not answer within ${timeoutMs / 1000} s`, `see ${logFile}`);
}

/** @param {string} logFile @returns {string} the most telling words of a log's end */
export function reasonIn(logFile) {
  if (!existsSync(logFile)) return 'no log';
  const log = readFileSync(logFile, 'utf8').slice(-20_000);
  if (/ENOSPC|No space left on device/i.test(log)) return 'the disk is full: free some space';
  if (/EADDRINUSE|Address already in use/i.test(log)) return 'its port is taken';
  if (/UnsupportedClassVersionError/.test(log)) return 'Java is too old: install Java 17 or newer';
  const lines = log.trim().split('\n');
  const telling = (/** @type {string} */ line) =>
    /^[a-z-]+: \S|error|exception|fatal|cannot/i.test(line) && !/^\s+at /.test(line);
  const line = (lines.findLast(telling) ?? lines.at(-1) ?? '').trim();
  return (line.startsWith('{') ? messageIn(line) : line).slice(0, 200) || 'its log is empty';
}

/** @param {string} line of a log in JSON @returns {string} */
function messageIn(line) {
  try {
    const { msg, err } = JSON.parse(line);
    return [msg, err?.message].filter(Boolean).join(': ');
  } catch {
    return line;
  }
}

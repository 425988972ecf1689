/** The launcher's own folder: who runs there, what it keeps, and what it hands to the services. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wipeEngines } from './chosen-engines.mjs';
import { HOME, LOGS, NODE, PIDS, portOf } from './paths.mjs';
import { leftover } from './processes.mjs';
import { Problem, tell } from './tell.mjs';

const LAUNCHER_PID = join(PIDS, 'launcher.pid');

/**
 * Two launchers on the same data would fight for it: the second is refused.
 * @returns {Promise<() => Promise<void>>} gives the folder free again
 */
export async function claimHome() {
  mkdirSync(PIDS, { recursive: true });
  mkdirSync(LOGS, { recursive: true });
  const other = await leftover(LAUNCHER_PID, 'deploy/local/start.mjs');
  if (other !== undefined && other !== process.pid) {
    throw new Problem(
      `Hearback runs here already (process ${other})`,
      'stop that one first, with Ctrl-C in its terminal',
    );
  }
  writeFileSync(LAUNCHER_PID, `${process.pid}\n`);
  return async () => rmSync(LAUNCHER_PID, { force: true });
}

/** Kafka and MongoDB stop in the middle of things when the disk fills up: this is said before. */
export function checkDisk() {
  const needed = existsSync(NODE) ? 300 : 1_500;
  const free = freeMegabytes();
  if (free >= needed) return;
  const left = free < 10 ? 'The disk is full' : `The disk is nearly full, ${free} MB are free`;
  throw new Problem(`${left}, and ${needed} MB are needed for ${HOME}`, 'free some space, then start again');
}

function freeMegabytes() {
  const { bavail, bsize } = statfsSync(HOME);
  return Math.floor((bavail * bsize) / 1_000_000);
}

/** Says so, once each time, when the disk fills up while everything runs: the services can only refuse and wait. */
export function watchDisk() {
  let low = false;
  setInterval(() => {
    const free = freeMegabytes();
    if (free < 100 && !low) tell(`The disk is nearly full, ${free} MB are free for ${HOME}: free some space`);
    low = free < 100;
  }, 5_000).unref();
}

/** @param {import('./chosen-engines.mjs').Choice} choice */
export async function wipeHome(choice) {
  await wipeEngines(choice);
  for (const name of readdirSync(HOME)) {
    if (!['engines', 'pids', 'logs'].includes(name))
      rmSync(join(HOME, name), { recursive: true, force: true });
  }
  tell(
    choice.kind === 'given'
      ? 'Wiped .hearback; the given Kafka and MongoDB keep their data'
      : 'Wiped the data of earlier starts',
  );
}

/** @param {import('./chosen-engines.mjs').Engines} engines @returns {NodeJS.ProcessEnv} */
export function environment(engines) {
  return {
    HEARBACK_PUBLIC_URL: `http://localhost:${portOf('gateway')}`,
    HEARBACK_ISSUER: `http://localhost:${portOf('issuer')}`,
    HEARBACK_SMTP: `smtp://127.0.0.1:${portOf('smtp')}`,
    HEARBACK_SECRET: process.env.HEARBACK_SECRET ?? secret(),
    ...process.env,
    HEARBACK_DATA: HOME,
    HEARBACK_KAFKA: engines.kafka,
    HEARBACK_MONGO: engines.mongo,
  };
}

/** Made once for this folder; receipts and wrapped keys of its data depend on it. @returns {string} 64 hex characters */
function secret() {
  const file = join(HOME, 'secret');
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

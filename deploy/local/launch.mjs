import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import {
  bringUpEngines,
  checkNeeds,
  chooseEngines,
  faultOfKafka,
  faultOfMongo,
  prepareEngines,
  wipeEngines,
} from './chosen-engines.mjs';
import { installPackages } from './install.mjs';
import { HOME, LOGS, NODE, PIDS, portOf, PROJECT } from './paths.mjs';
import { leftover, reasonIn, run, stopRuns } from './processes.mjs';
import { clearTheWay, servicesToRun, Supervisor } from './services.mjs';
import { oneLine, Problem, step, tell } from './tell.mjs';
import { welcome } from './welcome.mjs';

const USAGE = `npm start [-- --fresh]

Starts Kafka, MongoDB and every service, and loads the demo district. Ctrl-C stops everything.
  --fresh   begins anew: wipes the data in .hearback, not the downloaded engines
HEARBACK_KAFKA and HEARBACK_MONGO take engines that run already; HEARBACK_ENGINE=local leaves Docker alone;
HEARBACK_SERVICES=all (or a list, as in intake,casework) runs services in one process.
`;

const LAUNCHER_PID = join(PIDS, 'launcher.pid');

/** @type {(() => Promise<void>)[]} what was started, in order: stopped in the opposite one */
const started = [];
let stopping = false;

/** Starts everything, then stays until it is stopped. @param {string[]} args */
export async function launch(args) {
  /** @type {Promise<string>} */
  const asked = new Promise((resolve) => {
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.on(signal, () => {
        // Ctrl-C in a terminal comes twice, from the terminal and from npm; a later one means: at once.
        if (stopping && Date.now() - stoppingSince > 1_000) hurry();
        resolve(signal);
      });
    }
  });
  const work = start(args).catch((error) => (stopping ? '' : oneLine(error)));
  const end = await Promise.race([asked.then(() => ''), work]);
  await stopAll(work);
  if (end) process.stderr.write(`\nHearback stopped. ${end}\n`);
  else tell('Everything is stopped.');
  process.exit(end ? 1 : 0);
}

let stoppingSince = 0;
let hurry = () => {};

/** @param {Promise<unknown>} work */
async function stopAll(work) {
  if (started.length > 0) tell('Stopping …');
  stopping = true;
  stoppingSince = Date.now();
  stopRuns();
  const hurried = new Promise((resolve) => (hurry = () => resolve(undefined)));
  // What is just being started comes to its end first, or it would be left behind.
  await Promise.race([work, hurried, new Promise((resolve) => setTimeout(resolve, starting ? 60_000 : 0))]);
  for (const stop of started.reverse()) await stop();
  rmSync(LAUNCHER_PID, { force: true });
}

let starting = false;

/** @param {string[]} args @returns {Promise<string>} why it cannot go on */
async function start(args) {
  const { fresh, help } = options(args);
  if (help) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  await onlyOne();
  enoughDisk();
  const services = servicesToRun();
  await clearTheWay(services);
  const choice = await chooseEngines();
  await checkNeeds(choice);
  if (fresh) await wipe(choice);

  // npm and the engines' downloads wait for the network, the build and the engines' start for the processor.
  const engineFiles = prepareEngines(choice);
  engineFiles.catch(() => {});
  await installPackages();
  await engineFiles;
  const building = build();
  building.catch(() => {});
  starting = true;
  const engines = await step('Starting Kafka and MongoDB', () => bringUpEngines(choice)).finally(
    () => (starting = false),
  );
  started.push(engines.stop);
  const built = await building;
  if (built.length === 0) tell('Nothing has changed since the last build');
  if (stopping) return '';

  const env = environment(engines);
  const faultOfEngines = async () =>
    (await faultOfKafka(engines.kafka)) ?? (await faultOfMongo(engines.mongo));
  const supervisor = new Supervisor(services, env, faultOfEngines);
  started.push(() => supervisor.stop());
  const broken = Promise.race([engines.died, supervisor.gaveUp]);
  const brokenFirst = (/** @type {Promise<unknown>} */ work) =>
    Promise.race([work, broken.then((reason) => Promise.reject(new Problem(reason)))]);
  await step(`Starting ${services.map(({ name }) => name).join(', ')}`, () => {
    supervisor.start();
    return brokenFirst(supervisor.ready());
  });
  await brokenFirst(loadDemo(env));
  if (stopping) return '';
  process.stdout.write(welcome(services, engines));
  return broken;
}

/** @param {string[]} args */
function options(args) {
  try {
    return parseArgs({ args, options: { fresh: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } })
      .values;
  } catch (error) {
    throw new Problem(oneLine(error), 'npm start -- --help lists what there is');
  }
}

/** Two launchers on the same data would fight for it. */
async function onlyOne() {
  const other = await leftover(LAUNCHER_PID, 'deploy/local/start.mjs');
  if (other !== undefined && other !== process.pid) {
    throw new Problem(
      `Hearback runs here already (process ${other})`,
      'stop that one first, with Ctrl-C in its terminal',
    );
  }
  mkdirSync(PIDS, { recursive: true });
  mkdirSync(LOGS, { recursive: true });
  writeFileSync(LAUNCHER_PID, `${process.pid}\n`);
}

/** Kafka and MongoDB stop in the middle of things when the disk fills up: say so before. */
function enoughDisk() {
  const needed = existsSync(NODE) ? 300 : 1_500;
  const { bavail, bsize } = statfsSync(HOME);
  const free = Math.floor((bavail * bsize) / 1_000_000);
  if (free < needed) {
    throw new Problem(
      `The disk is full, or nearly: ${free} MB are free for ${HOME}, and ${needed} MB are needed`,
      'free some space',
    );
  }
}

/** @param {import('./chosen-engines.mjs').Choice} choice */
async function wipe(choice) {
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
function environment(engines) {
  return {
    HEARBACK_PUBLIC_URL: `http://localhost:${portOf('gateway')}`,
    HEARBACK_ISSUER: `http://localhost:${portOf('issuer')}`,
    HEARBACK_SMTP: `smtp://127.0.0.1:${portOf('smtp')}`,
    HEARBACK_SECRET: secret(),
    ...process.env,
    HEARBACK_DATA: HOME,
    HEARBACK_KAFKA: engines.kafka,
    HEARBACK_MONGO: engines.mongo,
  };
}

/** Made once for this folder; receipts and wrapped keys of its data depend on it. @returns {string} 64 hex characters */
function secret() {
  const file = join(HOME, 'secret');
  if (!existsSync(file)) {
    writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
    chmodSync(file, 0o600);
  }
  return readFileSync(file, 'utf8').trim();
}

/** @param {NodeJS.ProcessEnv} env */
async function loadDemo(env) {
  const script = join(PROJECT, 'deploy', 'demo', 'load.mjs');
  const partly = process.env.HEARBACK_SERVICES && process.env.HEARBACK_SERVICES !== 'all';
  if (!existsSync(script) || partly) return;
  await step('Loading the demo district', async () => {
    const { code, output } = await run(NODE, [script], { cwd: PROJECT, env });
    const logFile = join(LOGS, 'demo.log');
    writeFileSync(logFile, output);
    if (code !== 0 && !stopping)
      throw new Problem(`The demo district could not be loaded (${reasonIn(logFile)})`, `see ${logFile}`);
  });
}

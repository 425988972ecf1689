import { existsSync, writeFileSync } from 'node:fs';
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
} from './chosen-engines.mjs';
import { checkDisk, claimHome, environment, watchDisk, wipeHome } from './home.mjs';
import { installPackages } from './install.mjs';
import { LOGS, NODE, PROJECT } from './paths.mjs';
import { alive, npmAbove, reasonIn, run, stopRuns } from './processes.mjs';
import { clearTheWay, servicesToRun, Supervisor } from './services.mjs';
import { oneLine, Problem, step, tell } from './tell.mjs';
import { welcome } from './welcome.mjs';

const USAGE = `npm start [-- --fresh]

Starts Kafka, MongoDB and every service, and loads the demo district. Ctrl-C stops everything.
  --fresh   begins anew: wipes the data in .hearback, not the downloaded engines
HEARBACK_KAFKA and HEARBACK_MONGO take engines that run already; HEARBACK_ENGINE=local leaves Docker alone;
HEARBACK_SERVICES=all (or a list, as in intake,casework) runs services in one process.
`;

/** What is up, oldest first; it is stopped the other way round. @type {(() => Promise<void>)[]} */
const up = [];
let stopping = false;

/** Work that starts or downloads something: it must come to its end before the launcher does. @type {Promise<unknown>[]} */
const underWay = [];

/** @template T @param {Promise<T>} work */
function tracked(work) {
  underWay.push(work.catch(() => {}));
  return work;
}

/** Starts everything, then stays until it is stopped. @param {string[]} args */
export async function launch(args) {
  let since = Infinity;
  let hurry = () => {};
  /** @type {Promise<void>} */
  const hurried = new Promise((resolve) => (hurry = resolve));
  /** @type {Promise<string>} */
  const asked = new Promise((resolve) => {
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.on(signal, () => {
        // One Ctrl-C comes twice, from the terminal and from npm; a second one, later, means: at once.
        if (Date.now() - since > 1_000) hurry();
        since = Math.min(since, Date.now());
        resolve('');
      });
    }
    void npmAbove().then((npm) => {
      if (npm !== undefined) setInterval(() => alive(npm) || resolve(''), 1_000).unref();
    });
  });
  const work = start(args).catch((error) => (stopping ? '' : oneLine(error)));
  const fault = await Promise.race([asked, work]);
  since = Math.min(since, Date.now());
  if (up.length > 1) tell('Stopping …');
  stopping = true;
  stopRuns();
  await Promise.race([Promise.all(underWay), hurried]);
  for (const stop of up.reverse()) await stop();
  if (fault) process.stderr.write(`\nHearback stopped. ${fault}\n`);
  else tell('Everything is stopped.');
  process.exit(fault ? 1 : 0);
}

/** @param {string[]} args @returns {Promise<string>} why it cannot go on */
async function start(args) {
  const { fresh, help } = options(args);
  if (help) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  const { services, env: chosen } = servicesToRun();
  up.push(await claimHome());
  checkDisk();
  await clearTheWay(services);
  const choice = await chooseEngines();
  await checkNeeds(choice);
  if (fresh) await wipeHome(choice);

  // npm and the engines' downloads wait for the network, the build and the engines' start for the processor.
  await Promise.all([tracked(prepareEngines(choice)), tracked(installPackages())]);
  if (stopping) return '';
  const bringingUp = step('Starting Kafka and MongoDB', () => bringUpEngines(choice));
  void tracked(bringingUp.then(({ stop }) => up.push(stop)));
  const [engines, built] = await Promise.all([bringingUp, tracked(build())]);
  if (built.length === 0) tell('Nothing has changed since the last build');
  if (stopping) return '';

  const env = { ...environment(engines), ...chosen };
  const faultOfEngines = async () =>
    (await faultOfKafka(engines.kafka)) ?? (await faultOfMongo(engines.mongo));
  const supervisor = new Supervisor(services, env, faultOfEngines);
  const broken = Promise.race([engines.died, supervisor.gaveUp]);
  const unlessBroken = (/** @type {Promise<void>} */ work) =>
    Promise.race([work, broken.then((reason) => Promise.reject(new Problem(reason)))]);
  await step(`Starting ${services.map(({ name }) => name).join(', ')}`, () => {
    up.push(() => supervisor.stop());
    supervisor.start();
    return unlessBroken(supervisor.ready());
  });
  await unlessBroken(loadDemo(env));
  if (stopping) return '';
  watchDisk();
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

/** @param {NodeJS.ProcessEnv} env */
async function loadDemo(env) {
  const script = join(PROJECT, 'deploy', 'demo', 'load.mjs');
  const partly = process.env.HEARBACK_SERVICES && process.env.HEARBACK_SERVICES !== 'all';
  if (!existsSync(script) || partly || stopping) return;
  await step('Loading the demo district', async () => {
    const { code, output } = await run(NODE, [script], { cwd: PROJECT, env });
    const logFile = join(LOGS, 'demo.log');
    writeFileSync(logFile, output);
    if (code !== 0 && !stopping)
      throw new Problem(`The demo district could not be loaded (${reasonIn(logFile)})`, `see ${logFile}`);
  });
}

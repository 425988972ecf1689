/**
 * The two engines, real ones, as local processes: for `npm start` without Docker, for the tests, and by hand:
 *
 *   node deploy/local/engines.mjs --dir .hearback/dev --kafka 19192 --mongo 27117
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkKafka, findKafka, installKafka, startKafka } from './kafka.mjs';
import { checkMongo, findMongo, installMongo, startMongo } from './mongo.mjs';
import { ENGINES_DIR, HOME } from './paths.mjs';
import { freePort } from './processes.mjs';
import { oneLine, tell } from './tell.mjs';

/** Says in one line what this machine lacks, before anything is downloaded. @type {import('./engines.d.mts').checkEngines} */
export async function checkEngines({ withKafka = true, withMongo = true } = {}) {
  if (withKafka) await checkKafka(ENGINES_DIR);
  if (withMongo) await checkMongo(ENGINES_DIR);
}

/** @type {import('./engines.d.mts').installEngines} */
export async function installEngines({ withKafka = true, withMongo = true } = {}) {
  mkdirSync(ENGINES_DIR, { recursive: true });
  await allOrFirstFault([withKafka && installKafka(ENGINES_DIR), withMongo && installMongo(ENGINES_DIR)]);
}

/** @type {import('./engines.d.mts').startEngines} */
export async function startEngines(options) {
  const { log = () => {}, withKafka = true, withMongo = true } = options;
  const dir = resolve(options.dir);
  const logsDir = resolve(options.logsDir ?? join(dir, 'logs'));
  const kafkaPort = options.kafkaPort ?? (await freePort());
  const controllerPort = options.kafkaPort === undefined ? await freePort() : kafkaPort + 1;
  const mongoPort = options.mongoPort ?? (await freePort());
  for (const folder of [ENGINES_DIR, dir, logsDir]) mkdirSync(folder, { recursive: true });

  /** @type {import('./processes.mjs').Running[]} */
  const running = [];
  const stop = async (graceMs = 10_000) => {
    await Promise.all(running.splice(0).map((one) => one.stop(graceMs)));
  };
  /** @param {Promise<import('./processes.mjs').Running>} starting */
  const keep = async (starting) => {
    const begun = Date.now();
    const one = await starting;
    running.push(one);
    log(`${one.name} answers on 127.0.0.1:${one.port} (after ${((Date.now() - begun) / 1000).toFixed(1)} s)`);
    return one;
  };
  const at = { enginesDir: ENGINES_DIR, dir, logsDir };
  const kafkaOptions = {
    ...at,
    port: kafkaPort,
    controllerPort,
    heapMb: options.kafkaHeapMb ?? 512,
    doors: options.kafkaDoors ?? [],
  };
  const mongoOptions = { ...at, port: mongoPort, cacheGb: options.mongoCacheGb ?? 0.5 };
  try {
    // Both are looked for before either is started: a busy port is said at once.
    const foundKafka = withKafka && (await findKafka(kafkaOptions));
    if (foundKafka) running.push(foundKafka);
    const foundMongo = withMongo && (await findMongo(mongoOptions));
    if (foundMongo) running.push(foundMongo);
    const [kafka, mongo] = await allOrFirstFault([
      withKafka && (foundKafka || keep(startKafka(kafkaOptions))),
      withMongo && (foundMongo || keep(startMongo(mongoOptions))),
    ]);
    return {
      kafka: kafka ? kafka.address : '',
      mongo: mongo ? mongo.address : '',
      stop,
      died: Promise.race(running.map((one) => one.died)),
    };
  } catch (error) {
    await stop(0);
    throw error;
  }
}

/**
 * Like Promise.all, but waits for all before it fails, so that nothing is left half started.
 * @template {readonly unknown[]} T
 * @param {T} promises
 * @returns {Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }>}
 */
async function allOrFirstFault(promises) {
  const settled = await Promise.allSettled(promises);
  const fault = settled.find((one) => one.status === 'rejected');
  if (fault) throw fault.reason;
  return /** @type {any} */ (settled.map((one) => one.status === 'fulfilled' && one.value));
}

async function main() {
  const { values } = parseArgs({
    options: {
      dir: { type: 'string', default: join(HOME, 'dev') },
      kafka: { type: 'string' },
      mongo: { type: 'string' },
    },
  });
  const engines = await startEngines({
    dir: values.dir,
    kafkaPort: values.kafka ? Number(values.kafka) : undefined,
    mongoPort: values.mongo ? Number(values.mongo) : undefined,
    log: tell,
  });
  tell(`HEARBACK_KAFKA=${engines.kafka} HEARBACK_MONGO='${engines.mongo}'  (Ctrl-C stops both)`);
  const idle = setInterval(() => {}, 60_000);
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.once(signal, () => {
      clearInterval(idle);
      void engines.stop().then(() => process.exit());
    });
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    process.stderr.write(`${oneLine(error)}\n`);
    process.exitCode = 1;
  });
}

/** Which Kafka and which MongoDB this start uses: the given ones, else Docker's, else local programs. */
import { join } from 'node:path';
import { composeCommand, startContainers, wipeContainers } from './docker.mjs';
import { checkEngines, installEngines, startEngines } from './engines.mjs';
import { HOME, LOGS, portOf } from './paths.mjs';
import { oneLine, Problem, tell } from './tell.mjs';
import { kafkaAnswers, mongoCommand } from './wire.mjs';

/**
 * @typedef {object} Engines
 * @property {string} kafka host:port, comma-separated
 * @property {string} mongo URL
 * @property {string} where for the table at the end
 * @property {(graceMs?: number) => Promise<void>} stop
 * @property {Promise<string>} died settles with the reason when an engine that was started here ends unasked
 */

/** @typedef {{ kind: 'given' } | { kind: 'docker', compose: string[] } | { kind: 'local' }} Choice */

/** @returns {Promise<Choice>} */
export async function chooseEngines() {
  if (process.env.HEARBACK_KAFKA && process.env.HEARBACK_MONGO) return { kind: 'given' };
  if (process.env.HEARBACK_ENGINE === 'local') return { kind: 'local' };
  const compose = await composeCommand();
  return compose ? { kind: 'docker', compose } : { kind: 'local' };
}

/** Says what is missing before anything is downloaded or started. @param {Choice} choice */
export async function checkNeeds(choice) {
  const fault =
    (await faultOfKafka(process.env.HEARBACK_KAFKA)) ?? (await faultOfMongo(process.env.HEARBACK_MONGO));
  if (fault) throw new Problem(fault, 'start it, or correct the variable');
  if (choice.kind === 'local') await checkEngines(neededHere());
}

/** Fetches what the choice needs, before anything can be started. @param {Choice} choice */
export async function prepareEngines(choice) {
  if (choice.kind === 'local') await installEngines(neededHere());
}

/** @param {Choice} choice @returns {Promise<Engines>} */
export async function bringUpEngines(choice) {
  const given = { kafka: process.env.HEARBACK_KAFKA, mongo: process.env.HEARBACK_MONGO };
  const never = new Promise(() => {});
  if (given.kafka && given.mongo) {
    return { kafka: given.kafka, mongo: given.mongo, where: 'given', stop: async () => {}, died: never };
  }
  if (choice.kind === 'docker') {
    try {
      const up = await startContainers(choice.compose);
      return {
        ...up,
        kafka: given.kafka ?? up.kafka,
        mongo: given.mongo ?? up.mongo,
        where: 'Docker',
        died: never,
      };
    } catch (error) {
      tell(`Docker cannot bring up the engines (${oneLine(error)}): taking local programs instead`);
    }
  }
  const local = await startEngines({
    ...neededHere(),
    dir: join(HOME, 'data'),
    logsDir: LOGS,
    kafkaPort: portOf('kafka'),
    mongoPort: portOf('mongo'),
    log: tell,
  });
  return {
    ...local,
    kafka: given.kafka ?? local.kafka,
    mongo: given.mongo ?? local.mongo,
    where: 'local programs',
  };
}

/** @param {Choice} choice */
export async function wipeEngines(choice) {
  if (choice.kind === 'docker') await wipeContainers(choice.compose);
}

const neededHere = () => ({ withKafka: !process.env.HEARBACK_KAFKA, withMongo: !process.env.HEARBACK_MONGO });

/** @param {string} [brokers] @returns {Promise<string | undefined>} one line when no broker answers */
export async function faultOfKafka(brokers) {
  if (!brokers) return undefined;
  for (const broker of brokers.split(',')) {
    const [host = '', port = '9092'] = broker.trim().split(':');
    if (await kafkaAnswers(host, Number(port))) return undefined;
  }
  return `Kafka does not answer on ${brokers} (HEARBACK_KAFKA)`;
}

/** @param {string} [url] @returns {Promise<string | undefined>} one line when no node answers */
export async function faultOfMongo(url) {
  // A cluster behind TLS or DNS records is reached by the driver alone: the services will say.
  if (!url || url.startsWith('mongodb+srv:') || /[?&](tls|ssl)=true/.test(url)) return undefined;
  const hosts = /^mongodb:\/\/(?:[^@/]*@)?([^/?]+)/.exec(url)?.[1];
  if (!hosts) return `HEARBACK_MONGO is not a MongoDB URL (${url.split('@').at(-1)})`;
  for (const node of hosts.split(',')) {
    const [host = '', port = '27017'] = node.split(':');
    const hello = await mongoCommand(host, Number(port), { hello: 1, $db: 'admin' }).catch(() => undefined);
    if (hello && !hello.setName)
      return `The MongoDB on ${node} is no replica set, and Hearback needs one (HEARBACK_MONGO)`;
    if (hello) return undefined;
  }
  return `MongoDB does not answer on ${hosts} (HEARBACK_MONGO)`;
}

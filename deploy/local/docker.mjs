/** The engines as containers, where a Docker daemon and compose are there. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROJECT, portOf } from './paths.mjs';
import { run } from './processes.mjs';
import { Problem } from './tell.mjs';
import { kafkaAnswers, mongoCommand } from './wire.mjs';

const ENGINES = ['kafka', 'mongo'];

/** @returns {Promise<string[] | undefined>} the compose command, where a daemon answers and compose is installed */
export async function composeCommand() {
  if ((await withTimeout(run('docker', ['info']), 5_000))?.code !== 0) return undefined;
  if ((await run('docker', ['compose', 'version'])).code === 0) return ['docker', 'compose'];
  if ((await run('docker-compose', ['--version'])).code === 0) return ['docker-compose'];
  return undefined;
}

/**
 * @param {string[]} compose
 * @returns {Promise<{ kafka: string, mongo: string, stop(): Promise<void> }>}
 */
export async function startContainers(compose) {
  const [program = '', ...first] = compose;
  const call = (/** @type {string[]} */ ...args) =>
    run(program, [...first, '-f', join(PROJECT, 'docker-compose.yml'), ...args], { cwd: PROJECT });
  const stop = async () => void (await call('stop', '--timeout', '10', ...ENGINES));
  const { code, output } = await call('up', '-d', ...ENGINES);
  if (code !== 0) throw new Problem(output.trim().split('\n').at(-1)?.slice(0, 200) ?? 'compose failed');
  const [kafkaPort, mongoPort] = [portOf('kafka'), portOf('mongo')];
  for (const until = Date.now() + 90_000; Date.now() < until; await sleep(500)) {
    const hello = await mongoCommand('127.0.0.1', mongoPort, { hello: 1, $db: 'admin' }).catch(
      () => undefined,
    );
    if (hello?.isWritablePrimary === true && (await kafkaAnswers('127.0.0.1', kafkaPort))) {
      // The set's member is known inside as mongo:27017, a name that this machine cannot resolve: connect directly.
      return {
        kafka: `127.0.0.1:${kafkaPort}`,
        mongo: `mongodb://127.0.0.1:${mongoPort}/?directConnection=true`,
        stop,
      };
    }
  }
  await stop();
  throw new Problem('the containers did not answer within 90 s');
}

/** Removes the containers and their data. @param {string[]} compose */
export async function wipeContainers([program = '', ...first]) {
  await run(program, [...first, '-f', join(PROJECT, 'docker-compose.yml'), 'down', '--volumes'], {
    cwd: PROJECT,
  });
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} ms
 * @returns {Promise<T | undefined>}
 */
const withTimeout = (promise, ms) => Promise.race([promise, sleep(ms, undefined, { ref: false })]);

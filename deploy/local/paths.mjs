import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const PROJECT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Everything that the launcher keeps: data, logs, the secret, downloaded engines. */
export const HOME = resolve(PROJECT, process.env.HEARBACK_DATA ?? '.hearback');

/** Where downloaded engines are kept; `--fresh` leaves them alone. */
export const ENGINES_DIR = resolve(PROJECT, process.env.HEARBACK_ENGINES ?? join(HOME, 'engines'));

export const LOGS = join(HOME, 'logs');
export const PIDS = join(HOME, 'pids');

/** Node 24, which comes as a package: what builds and runs the services, whatever Node runs this file. */
export const NODE = join(PROJECT, 'node_modules', '.bin', 'node');

/** @param {string} name the short name of a program of node_modules, as in `vite` */
export const binary = (name) => join(PROJECT, 'node_modules', '.bin', name);

/** The environment in which programs of node_modules run: on Node 24. @returns {NodeJS.ProcessEnv} */
export function onNode24() {
  return { ...process.env, PATH: `${join(PROJECT, 'node_modules', '.bin')}:${process.env.PATH ?? ''}` };
}

/** Ports on this machine by name; HEARBACK_PORT_<NAME> moves each of them. */
const PORTS = /** @type {const} */ ({
  gateway: 8080,
  intake: 8081,
  'student-voice': 8082,
  'family-council': 8083,
  casework: 8084,
  roster: 8085,
  reporting: 8086,
  issuer: 8090,
  mailbox: 8091,
  smtp: 8025,
  kafka: 19092,
  mongo: 27027,
});

/** @typedef {keyof typeof PORTS} PortName */

/** @param {PortName} name */
export const portVariable = (name) => `HEARBACK_PORT_${name.replace('-', '_').toUpperCase()}`;

/** @param {PortName} name @returns {number} */
export const portOf = (name) => Number(process.env[portVariable(name)] ?? PORTS[name]);

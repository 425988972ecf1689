/** Builds what has changed: each part keeps the hash of its sources beside its output. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { binary, LOGS, onNode24, PROJECT } from './paths.mjs';
import { run } from './processes.mjs';
import { Problem, step } from './tell.mjs';

/** @typedef {{ name: string, sources: string[], leaveOut: string[], output: string, command: string[], tidy?: () => void }} Part */

/** @type {Part[]} */
const PARTS = [
  {
    name: 'services',
    sources: [
      'apps',
      'libs',
      'test',
      'deploy/local/engines.d.mts',
      'tsconfig.json',
      'nest-cli.json',
      'package-lock.json',
    ],
    leaveOut: ['apps/console'],
    output: 'dist/apps',
    command: ['nest', 'build'],
    tidy: removeOutputWithoutSource,
  },
  {
    name: 'console',
    sources: ['apps/console', 'libs/contracts', 'package-lock.json'],
    leaveOut: [],
    output: 'dist/console/index.html',
    command: [
      'vite',
      'build',
      'apps/console',
      '--config',
      'apps/console/vite.config.ts',
      '--logLevel',
      'warn',
    ],
  },
];

/**
 * Builds the services and the console, each only when its sources changed since its last good build.
 * @returns {Promise<string[]>} the names of what was built
 */
export async function build() {
  const built = await Promise.allSettled(PARTS.map(buildPart));
  const failed = built.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return PARTS.filter((_, i) => /** @type {PromiseFulfilledResult<boolean>} */ (built[i]).value).map(
    ({ name }) => name,
  );
}

/** @param {Part} part @returns {Promise<boolean>} */
async function buildPart({ name, sources, leaveOut, output, command, tidy }) {
  const hash = hashOf(sources, leaveOut);
  const stamp = join(PROJECT, 'dist', `.built-${name}`);
  if (existsSync(stamp) && existsSync(join(PROJECT, output)) && readFileSync(stamp, 'utf8') === hash)
    return false;
  await step(`Building the ${name}`, async () => {
    rmSync(stamp, { force: true });
    tidy?.();
    const [program = '', ...args] = command;
    const { code, output: said } = await run(binary(program), args, { cwd: PROJECT, env: onNode24() });
    mkdirSync(LOGS, { recursive: true });
    const logFile = join(LOGS, `build-${name}.log`);
    writeFileSync(logFile, said);
    if (code !== 0) {
      if (/ENOSPC/.test(said)) throw new Problem(`Building the ${name}: the disk is full`, 'free some space');
      const errors = stripVTControlCharacters(said)
        .split('\n')
        .filter((line) => /error/i.test(line) && !/^Found \d/.test(line));
      const count = errors.length > 1 ? `, and ${errors.length - 1} more` : '';
      throw new Problem(
        `The ${name} do not build (${errors[0]?.trim().slice(0, 300) ?? `exit ${code}`}${count})`,
        `see ${logFile}`,
      );
    }
  });
  mkdirSync(join(PROJECT, 'dist'), { recursive: true });
  writeFileSync(stamp, hash);
  return true;
}

/** @param {string[]} sources @param {string[]} leaveOut @returns {string} */
function hashOf(sources, leaveOut) {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const file of filesUnder(source, leaveOut)) {
      hash
        .update(`${file}\0`)
        .update(readFileSync(join(PROJECT, file)))
        .update('\0');
    }
  }
  return hash.digest('hex');
}

/** @param {string} path relative to the project @param {string[]} leaveOut @returns {string[]} sorted files */
function filesUnder(path, leaveOut) {
  const full = join(PROJECT, path);
  if (leaveOut.includes(path) || path.endsWith('/node_modules') || !existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full)
    .sort()
    .flatMap((name) => filesUnder(`${path}/${name}`, leaveOut));
}

/** A spec that was deleted must not run on from dist. */
function removeOutputWithoutSource() {
  for (const folder of ['apps', 'libs', 'test']) {
    const built = join(PROJECT, 'dist', folder);
    if (!existsSync(built)) continue;
    for (const name of readdirSync(built, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.js')) continue;
      const source = join(PROJECT, folder, name.replace(/\.js$/, '.ts'));
      if (existsSync(source)) continue;
      rmSync(join(built, name), { force: true });
      rmSync(join(built, `${name}.map`), { force: true });
    }
  }
}

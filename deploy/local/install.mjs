import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { LOGS, NODE, PROJECT } from './paths.mjs';
import { run } from './processes.mjs';
import { Problem, step } from './tell.mjs';

/** Installs the packages of package-lock.json with `npm ci`, unless node_modules has exactly them. */
export async function installPackages() {
  if (packagesMatchTheLock() && existsSync(NODE)) return;
  await step('Installing packages (npm ci)', async () => {
    // Without node_modules/.bin: npm must not run on the very Node that it is about to replace.
    const path = (process.env.PATH ?? '').split(delimiter).filter((dir) => !dir.includes('node_modules'));
    const { code, output } = await run('npm', ['ci', '--no-audit', '--no-fund', '--prefer-offline'], {
      cwd: PROJECT,
      env: { ...process.env, PATH: path.join(delimiter) },
    });
    if (code === null)
      throw new Problem('There is no `npm` on the PATH', 'install npm, which comes with Node.js');
    if (code !== 0) {
      const full = /ENOSPC/.test(output);
      mkdirSync(LOGS, { recursive: true });
      writeFileSync(join(LOGS, 'npm.log'), output);
      const lines = output.split('\n').filter((line) => /npm (ERR!|error) .*[a-z]/i.test(line));
      const why = (lines.find((line) => !/ code /.test(line)) ?? lines[0] ?? `exit ${code}`).replace(
        /npm (ERR!|error)\s*/i,
        '',
      );
      throw full
        ? new Problem('npm ci: the disk is full', 'free some space, then start again')
        : new Problem(
            `npm ci failed (${why.slice(0, 200)})`,
            `check the network, and see ${join(LOGS, 'npm.log')}`,
          );
    }
  });
  const { code, output } = await run(NODE, ['--version']);
  if (code !== 0) {
    throw new Problem(
      `The Node 24 that npm installed does not run here (${output.trim().slice(0, 100)})`,
      'run npm rebuild node',
    );
  }
}

/** npm writes down what it installed; comparing that with the lock takes milliseconds and needs no stamp. */
function packagesMatchTheLock() {
  const installedFile = join(PROJECT, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  /** @type {Record<string, { version?: string, optional?: boolean }>} */
  const locked = JSON.parse(readFileSync(join(PROJECT, 'package-lock.json'), 'utf8')).packages;
  /** @type {Record<string, { version?: string } | undefined>} */
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(locked).every(
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
  );
}

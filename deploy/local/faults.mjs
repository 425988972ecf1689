/**
 * `npm run faults`: the fault suite on fresh engines of its own (docs/faults.md). It installs and builds first, as
 * `npm test` does; what is said here goes to test/faults/suite/run.ts. Results are on stdout, progress on stderr.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.mjs';
import { checkEngines, startEngines } from './engines.mjs';
import { installPackages } from './install.mjs';
import { NODE, onNode24, PROJECT } from './paths.mjs';
import { stopRuns } from './processes.mjs';
import { oneLine, tell, tellOnStderr } from './tell.mjs';

tellOnStderr();

/** @type {import('node:child_process').ChildProcess | undefined} */
let suite;
/** @type {import('./engines.d.mts').RunningEngines | undefined} */
let engines;
const scratch = mkdtempSync(join(tmpdir(), 'hearback-faults-'));

async function end() {
  await engines?.stop(0);
  rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
}

/** @param {string[]} args @returns {Promise<number>} */
async function main(args) {
  const onlyLists = args.includes('--list');
  if (!onlyLists) await checkEngines();
  await installPackages();
  const [started] = await Promise.all([
    onlyLists ? undefined : startEngines({ dir: scratch, log: tell }),
    build(),
  ]);
  engines = started;
  const env = {
    ...onNode24(),
    ...(engines && { HEARBACK_TEST_KAFKA: engines.kafka, HEARBACK_TEST_MONGO: engines.mongo }),
  };
  const program = join('dist', 'test', 'faults', 'suite', 'run.js');
  const child = spawn(NODE, ['--enable-source-maps', program, ...args], {
    cwd: PROJECT,
    env,
    stdio: 'inherit',
  });
  suite = child;
  return new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)));
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.once(signal, () => {
    stopRuns();
    // It ends by itself, and then so do we; without it there is nothing to wait for.
    if (suite) suite.kill('SIGTERM');
    else void end().finally(() => process.exit(130));
  });
}
void main(process.argv.slice(2))
  .catch((error) => {
    process.stderr.write(`${oneLine(error)}\n`);
    process.stdout.write('0 passed, 1 failed\n');
    return 1;
  })
  .then(async (code) => {
    await end();
    process.exit(code);
  });

/**
 * `npm run bench`: every figure of docs/performance.md, measured here and now; `-- accept visible` measures some.
 *
 *   --json      one JSON document on standard output instead of the table
 *   --profile   where the measured services spend their time, as .cpuprofile files and in short
 *
 * Installs and builds what has changed, as `npm start` does. Exits with 1 when a figure is below its bar, naming it.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build } from '../../deploy/local/build.mjs';
import { installPackages } from '../../deploy/local/install.mjs';
import { NODE, onNode24, PROJECT } from '../../deploy/local/paths.mjs';
import { oneLine, tellOnStderr } from '../../deploy/local/tell.mjs';
import { asked } from './figures.mjs';

async function main(args) {
  asked(args);
  tellOnStderr();
  await installPackages();
  await build();
  const child = spawn(NODE, [join(PROJECT, 'test/bench/run.mjs'), ...args], {
    cwd: PROJECT,
    env: onNode24(),
    stdio: 'inherit',
  });
  // Ctrl-C reaches the whole group: the child cleans up, and this one waits for it.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.once('close', (code) => process.exit(code ?? 1));
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${oneLine(error)}\n`);
  process.exit(1);
});

// All figures that are asked for, one after the other, each in a process of its own on the same engines.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { NODE, PROJECT } from '../../deploy/local/paths.mjs';
import { oneLine, step, tell, tellOnStderr } from '../../deploy/local/tell.mjs';
import { asked } from './figures.mjs';
import { hereAndNow, jsonOf, tableOf } from './report.mjs';

let child;
let stopping = false;

async function main() {
  tellOnStderr();
  const { names, json, profile } = asked(process.argv.slice(2));
  const { engines } = await import('../../dist/libs/testing/src/engines.js');
  const running = await step('Kafka and MongoDB', engines, tell);
  const env = {
    ...process.env,
    HEARBACK_TEST_KAFKA: running.kafka,
    HEARBACK_TEST_MONGO: running.mongo,
    ...(profile && { BENCH_PROFILE: '1' }),
  };
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      stopping = true;
      child?.kill('SIGTERM');
    });
  }
  const rows = [];
  const failures = [];
  try {
    for (const name of names) {
      if (stopping) break;
      try {
        rows.push(
          ...(await step(name, () => measure(name, env), tell)).map((row) => ({ figure: name, ...row })),
        );
      } catch (error) {
        failures.push(`${name} could not be measured: ${oneLine(error)}`);
      }
    }
  } finally {
    await running.stop();
  }
  const document = { ...hereAndNow(), rows, failures };
  process.stdout.write(json ? jsonOf(document) : tableOf(document));
  const below = rows.filter(({ met }) => met === false);
  for (const { figure, what } of below) process.stderr.write(`Below its bar: ${figure}, ${what}\n`);
  for (const failure of failures) process.stderr.write(`${failure}\n`);
  return stopping ? 130 : below.length + failures.length > 0 ? 1 : 0;
}

/** The rows of one figure. */
function measure(name, env) {
  return new Promise((resolve, reject) => {
    child = spawn(NODE, [join(PROJECT, 'test/bench/figure.mjs'), name], {
      cwd: PROJECT,
      env,
      // A group of its own: Ctrl-C comes from us, so that it can clean up before its services are gone.
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      killGroup(child.pid);
      if (code === 0) resolve(JSON.parse(output));
      else reject(new Error(`its process ended with ${code}`));
    });
  });
}

/** Services that a figure left behind because it broke. */
function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // There are none.
  }
}

main().then(
  (code) => process.exit(code),
  (error) => {
    process.stderr.write(`${oneLine(error)}\n`);
    process.exit(2);
  },
);

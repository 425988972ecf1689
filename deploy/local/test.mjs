/**
 * `npm test`: all tiers on fresh engines of their own; `npm test -- unit` or `-- int e2e` runs some of them.
 * The last line is `N passed, M failed`, in tests.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.mjs';
import { checkEngines, startEngines } from './engines.mjs';
import { installPackages } from './install.mjs';
import { binary, NODE, onNode24, PROJECT } from './paths.mjs';
import { stopRuns } from './processes.mjs';
import { oneLine, tell } from './tell.mjs';
import { table } from './welcome.mjs';

/** @typedef {{ passed: number, failed: number }} Count */
/**
 * A tier is one run of jest over the specs of that name; two of them are commands of their own.
 * @typedef {{ name: string, specs?: RegExp, workers?: number, needsEngines?: boolean, run?: (env: NodeJS.ProcessEnv) => Promise<Count> }} Tier
 */

/** In the order in which they run: what fails fastest comes first. @type {Tier[]} */
const TIERS = [
  { name: 'check', run: runCheck },
  { name: 'unit', specs: /(?<!\.(int|e2e|faults))\.spec\.js$/, workers: 2 },
  { name: 'int', specs: /\.int\.spec\.js$/, workers: 1, needsEngines: true },
  { name: 'e2e', specs: /\.e2e\.spec\.js$/, workers: 1, needsEngines: true },
  { name: 'faults', specs: /\.faults\.spec\.js$/, workers: 1, needsEngines: true },
  { name: 'scenarios', run: runScenarios, needsEngines: true },
];

/** @param {string[]} names */
async function main(names) {
  const unknown = names.find((name) => !TIERS.some((tier) => tier.name === name));
  if (unknown)
    throw new Error(
      `There is no tier '${unknown}': take some of ${TIERS.map(({ name }) => name).join(', ')}`,
    );
  const tiers = TIERS.filter(({ name }) => names.length === 0 || names.includes(name));
  const scratch = mkdtempSync(join(tmpdir(), 'hearback-test-'));
  /** @type {import('./engines.d.mts').RunningEngines | undefined} */
  let engines;
  const end = async () => {
    await engines?.stop(0);
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  };
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.once(signal, () => {
      stopRuns();
      running?.kill('SIGTERM');
      void end().finally(() => process.exit(130));
    });
  }
  try {
    const needsEngines = tiers.some((tier) => tier.needsEngines);
    if (needsEngines) await checkEngines();
    await installPackages();
    const [started] = await Promise.all([
      needsEngines ? startEngines({ dir: scratch, log: tell }) : undefined,
      build(),
    ]);
    engines = started;
    const env = {
      ...onNode24(),
      ...(engines && { HEARBACK_TEST_KAFKA: engines.kafka, HEARBACK_TEST_MONGO: engines.mongo }),
    };
    /** @type {(Count & { tier: string, seconds: number })[]} */
    const results = [];
    for (const tier of tiers) {
      const begun = Date.now();
      tell(`Tier ${tier.name} …`);
      const count = tier.run ? await tier.run(env) : await runJest(tier, scratch, env);
      results.push({ tier: tier.name, ...count, seconds: (Date.now() - begun) / 1000 });
    }
    return report(results);
  } finally {
    await end();
  }
}

/** @type {import('node:child_process').ChildProcess | undefined} */
let running;

/** @param {string} program @param {string[]} args @param {NodeJS.ProcessEnv} env @returns {Promise<number>} */
function runVisibly(program, args, env) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: PROJECT, env, stdio: 'inherit' });
    running = child;
    child.once('error', () => resolve(1));
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** Lint, types, format, architecture and contract drift: one command, counted as one test. @param {NodeJS.ProcessEnv} env */
async function runCheck(env) {
  const code = await runVisibly('npm', ['run', '--silent', 'check'], env);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** The quick run of the fault suite, counted in scenarios: docs/faults.md. @param {NodeJS.ProcessEnv} env @returns {Promise<Count>} */
function runScenarios(env) {
  return new Promise((resolve) => {
    const program = join('dist', 'test', 'faults', 'suite', 'run.js');
    const child = spawn(NODE, ['--enable-source-maps', program, '--quick'], {
      cwd: PROJECT,
      env,
      stdio: ['inherit', 'pipe', 'inherit'],
    });
    running = child;
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      process.stdout.write(chunk);
    });
    child.once('error', () => resolve({ passed: 0, failed: 1 }));
    child.once('close', () => {
      const [, passed, failed] = /(\d+) passed, (\d+) failed\s*$/.exec(printed) ?? [];
      resolve(
        passed && failed ? { passed: Number(passed), failed: Number(failed) } : { passed: 0, failed: 1 },
      );
    });
  });
}

/**
 * @param {Tier} tier
 * @param {string} scratch
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Count>}
 */
async function runJest({ name, workers = 1, specs = /$^/ }, scratch, env) {
  const files = specsLike(specs);
  if (files.length === 0) return { passed: 0, failed: 0 };
  const outputFile = join(scratch, `${name}.json`);
  const code = await runVisibly(
    NODE,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      binary('jest'),
      '--runTestsByPath',
      ...files,
      '--json',
      `--outputFile=${outputFile}`,
      `--maxWorkers=${workers}`,
      '--silent=false',
    ],
    env,
  );
  if (!existsSync(outputFile)) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(
    readFileSync(outputFile, 'utf8'),
  );
  // A suite that could not even be loaded has no failed test; it counts as one.
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  return { passed: numPassedTests, failed: code !== 0 && failed === 0 ? 1 : failed };
}

/** @param {RegExp} name @returns {string[]} built specs */
function specsLike(name) {
  return ['apps', 'libs', 'test', 'deploy']
    .map((folder) => join('dist', folder))
    .filter((folder) => existsSync(join(PROJECT, folder)))
    .flatMap((folder) =>
      readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        join(folder, file),
      ),
    )
    .filter((file) => name.test(file))
    .sort();
}

/** @param {(Count & { tier: string, seconds: number })[]} results @returns {number} how many failed */
function report(results) {
  const rows = results.map(({ tier, passed, failed, seconds }) => [
    tier,
    `${passed}`,
    `${failed}`,
    seconds.toFixed(1),
  ]);
  const sum = (/** @type {keyof Count} */ key) => results.reduce((total, result) => total + result[key], 0);
  process.stdout.write(`\n${table(['tier', 'passed', 'failed', 'seconds'], rows)}\n`);
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`);
  return sum('failed');
}

main(process.argv.slice(2)).then(
  (failed) => process.exit(failed === 0 ? 0 : 1),
  (error) => {
    process.stderr.write(`${oneLine(error)}\n`);
    process.stdout.write('0 passed, 1 failed\n');
    process.exit(1);
  },
);

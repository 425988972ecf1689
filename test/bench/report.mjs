/**
 * The table, on a terminal and in docs/performance.md:
 *
 *   npm run -s bench -- --json > run.json
 *   node test/bench/report.mjs run.json      writes the table of docs/performance.md anew
 *   node test/bench/report.mjs run.json more.json     a figure that is in several files is taken from the last of them
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROJECT } from '../../deploy/local/paths.mjs';
import { table } from '../../deploy/local/welcome.mjs';
import { figures } from './figures.mjs';

const heads = ['figure', 'measured', 'bar', 'limit', 'ours', 'ratio', ''];

/** When, on what, and which state of the code. */
export function hereAndNow() {
  return {
    at: new Date().toISOString(),
    commit: git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : ', changed'),
    machine: {
      cores: cpus().length,
      cpu: cpus()[0]?.model ?? '',
      memoryMb: Math.round(totalmem() / 1024 / 1024),
      node: process.version,
    },
  };
}

function git(...args) {
  try {
    return execFileSync('git', args, {
      cwd: PROJECT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return '';
  }
}

export const jsonOf = (document) => `${JSON.stringify(document, undefined, 2)}\n`;

export const tableOf = ({ rows }) => `\n${table(heads, rows.map(cells))}`;

function cells({ figure, what, bar, limit, ours, ratio, unit, met }) {
  const value = (number) => (number === undefined ? '–' : `${rounded(number)}${unit ? ` ${unit}` : ''}`);
  return [
    figure,
    what,
    bar ?? '–',
    value(limit),
    value(ours),
    ratio === undefined ? '–' : ratio.toFixed(2),
    met === undefined ? '' : met ? 'met' : 'BELOW',
  ];
}

/** Three significant digits, and whole above a hundred. */
function rounded(number) {
  if (Math.abs(number) >= 100) return Math.round(number).toLocaleString('en').replaceAll(',', ' ');
  return String(Number(number.toPrecision(3)));
}

const between = /(<!-- table -->\n)[\s\S]*?(\n<!-- end of table -->)/;

function intoDocs(files) {
  const runs = files.map((file) => JSON.parse(readFileSync(file, 'utf8')));
  const byFigure = new Map(runs.flatMap((run) => [...Map.groupBy(run.rows, (row) => row.figure)]));
  const inOrder = Object.keys(figures).flatMap((figure) => byFigure.get(figure) ?? []);
  const lines = [heads, heads.map(() => '---'), ...inOrder.map(cells)].map((row) => `| ${row.join(' | ')} |`);
  const { at, machine } = runs.at(-1);
  const memory = Math.round(machine.memoryMb / 1024);
  const commits = [...new Set(runs.map(({ commit }) => commit))].join(' and ');
  const run = `Measured ${at.slice(0, 10)} at ${commits}, on ${machine.cores} cores (${machine.cpu}), ${memory} GB, Node ${machine.node}; everything on the same machine.`;
  const docs = join(PROJECT, 'docs/performance.md');
  const text = readFileSync(docs, 'utf8');
  if (!between.test(text)) throw new Error(`${docs} has no place for the table`);
  writeFileSync(docs, text.replace(between, `$1\n${run}\n\n${lines.join('\n')}\n$2`));
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  if (!process.argv[2]) throw new Error('Name the file that `npm run -s bench -- --json` wrote');
  intoDocs(process.argv.slice(2));
}

// npm run bench -- idle: what the services of a running `npm start` use while nothing happens, by the kernel's accounting.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PIDS } from '../../deploy/local/paths.mjs';

const measuredMs = 20_000;
/** Linux counts processor time in hundredths of a second. */
const ticksPerSecond = 100;

const ticks = async (pid) => {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1].split(' ');
  return Number(fields[11]) + Number(fields[12]);
};
const residentMb = async (pid) =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))[1]) / 1024);

/** Of one core, over the time measured. */
const percent = (used) => (used / ticksPerSecond / (measuredMs / 1000)) * 100;

/** The processes of the services, without the engines. */
async function services() {
  const files = await readdir(PIDS).catch(() => []);
  const names = files
    .map((file) => file.replace(/\.pid$/, ''))
    .filter((name) => !/^(kafka|mongo|launcher)/.test(name));
  const found = await Promise.all(
    names.map(async (name) => ({
      name,
      pid: Number.parseInt(await readFile(join(PIDS, `${name}.pid`), 'utf8')),
    })),
  );
  if (found.length === 0) throw new Error('nothing is running: npm start first, in another terminal');
  return found;
}

export async function idle() {
  const running = await services();
  const before = await Promise.all(running.map(({ pid }) => ticks(pid)));
  console.error(`measuring ${running.length} processes for ${measuredMs / 1000} s …`);
  await pause(measuredMs);
  const rows = await Promise.all(
    running.map(async ({ name, pid }, i) => ({
      service: name,
      'cpu %': percent((await ticks(pid)) - before[i]).toFixed(2),
      'rss MB': await residentMb(pid),
    })),
  );
  const sum = (field) => rows.reduce((total, row) => total + Number(row[field]), 0);
  return [...rows, { service: 'all', 'cpu %': Number(sum('cpu %').toFixed(2)), 'rss MB': sum('rss MB') }];
}

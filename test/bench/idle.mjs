// What the services use while nothing happens, as `npm start` starts them, in both forms: each its own process, and all
// in one. The development issuer and mail catcher are among them, the engines are not.
import { setTimeout as pause } from 'node:timers/promises';
import { cpuSeconds, residentMb } from './machine.mjs';
import { plainRow, say } from './row.mjs';
import { services, withStack } from './stack.mjs';

const settleMs = 20_000;
const measuredMs = 20_000;

export const idle = () =>
  withStack({}, async (stack) => {
    await stack.schools();
    say('starting one process for each …');
    // The tools have no /health: those who need them find them.
    await stack.start('devtools', { waitFor: [] });
    for (const name of services) await stack.start(name);
    const processes = await rest(stack, 'processes', { cpu: 6, memory: 1_100 });
    await Promise.all([...stack.running.keys()].map((name) => stack.stop(name)));
    say('starting one process for all …');
    const names = ['devtools', ...services].join(',');
    await stack.start('all', { waitFor: services, env: { HEARBACK_SERVICES: names } });
    return [...processes, ...(await rest(stack, 'one process', { cpu: 2.5, memory: 350 }))];
  });

/** Measures those that run, three times, once they have settled. */
async function rest(stack, form, bars) {
  await pause(settleMs);
  const pids = [...stack.running].map(([name, { pid }]) => [name, pid]);
  const runs = [];
  for (let run = 1; run <= 3; run += 1) {
    const before = pids.map(([, pid]) => cpuSeconds(pid));
    await pause(measuredMs);
    const used = pids.map(([name, pid], i) => ({
      name,
      cpu: ((cpuSeconds(pid) - before[i]) / (measuredMs / 1000)) * 100,
      memory: residentMb(pid),
    }));
    const sum = (what) => used.reduce((total, one) => total + one[what], 0);
    runs.push({ cpu: sum('cpu'), memory: sum('memory'), used });
    say(`${form}, run ${run}: ${sum('cpu').toFixed(1)} % of a core, ${sum('memory').toFixed(0)} MB`);
  }
  const each = (what) =>
    Object.fromEntries(runs.at(-1).used.map((one) => [one.name, Number(one[what].toFixed(1))]));
  return [
    plainRow({
      what: `idle, ${form}: of a core`,
      unit: '%',
      values: runs.map(({ cpu }) => cpu),
      atMost: bars.cpu,
      detail: { each: each('cpu') },
    }),
    plainRow({
      what: `idle, ${form}: memory`,
      unit: 'MB',
      values: runs.map(({ memory }) => memory),
      atMost: bars.memory,
      detail: { each: each('memory') },
    }),
  ];
}

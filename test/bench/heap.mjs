// The heap after a collection, every ten seconds over ten minutes at 150 inputs a second, of every service; and what all
// processes hold of the machine's memory. BENCH_HEAP_SECONDS shortens it.
import { inputBody, openLoop, poster } from './load.mjs';
import { residentMb } from './machine.mjs';
import { plainRow, say } from './row.mjs';
import { services, withStack } from './stack.mjs';

const perSecond = 150;
const seconds = Number(process.env.BENCH_HEAP_SECONDS ?? 600);
const everyMs = Math.max(1_000, (seconds * 1000) / 60);

export const heap = () =>
  withStack({}, async (stack) => {
    await stack.schools();
    say('starting all services …');
    for (const name of services) await stack.start(name, { inspect: true });
    const samples = [];
    const sample = async () => {
      const heaps = {};
      let resident = 0;
      for (const name of services) {
        // Before the collection: what the process holds as it runs.
        resident += residentMb(stack.pid(name));
        heaps[name] = await stack.inspector(name).heapMb();
      }
      samples.push({ heaps, resident });
      if (samples.length % 6 === 0)
        say(
          `sample ${samples.length}: ${sum(heaps).toFixed(0)} MB in use, ${resident.toFixed(0)} MB resident`,
        );
    };
    const { post, close } = poster({
      port: stack.port('intake'),
      path: '/api/intake/inputs',
      connections: 64,
    });
    let sampling = Promise.resolve();
    const timer = setInterval(() => (sampling = sampling.then(sample)), everyMs);
    await openLoop({ perSecond, count: perSecond * seconds, one: (n) => post(inputBody(n)) });
    clearInterval(timer);
    await sampling;
    close();
    return rowsOf(samples);
  });

function rowsOf(samples) {
  const third = Math.floor(samples.length / 3);
  const middle = samples.slice(third, 2 * third);
  const last = samples.slice(2 * third);
  const growth = (of) => (mean(last.map(of)) / mean(middle.map(of)) - 1) * 100;
  const each = Object.fromEntries(
    services.map((name) => [name, Number(growth(({ heaps }) => heaps[name]).toFixed(1))]),
  );
  const minutes = (seconds / 60).toFixed(seconds % 60 === 0 ? 0 : 1);
  return [
    plainRow({
      what: `heap after collection over ${minutes} minutes at ${perSecond}/s: last third above the middle third`,
      unit: '%',
      values: [growth(({ heaps }) => sum(heaps))],
      atMost: 5,
      detail: { each, 'MB by sample': samples.map(({ heaps }) => Math.round(sum(heaps))) },
    }),
    plainRow({
      what: 'the same, the most that all processes held at once',
      unit: 'MB',
      values: [Math.max(...samples.map(({ resident }) => resident))],
      atMost: 1_600,
    }),
  ];
}

const sum = (heaps) => Object.values(heaps).reduce((total, mb) => total + mb, 0);
const mean = (values) => values.reduce((total, value) => total + value, 0) / values.length;

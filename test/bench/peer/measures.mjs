// The same load, by the same code, on either side.
import { setTimeout as pause } from 'node:timers/promises';
import { closedLoop, openLoop, quantile, sorted, until } from '../load.mjs';

const inFlight = 32;

/**
 * Accepts a second with all services up, 32 in flight: ten seconds, after three that do not count. What it leaves on the
 * topics is in the report before the next measure begins.
 */
export async function accepts(side) {
  const before = await side.before();
  const begun = performance.now();
  let [sent, counted] = [0, 0];
  const after = (seconds) => performance.now() - begun > seconds * 1000;
  await closedLoop({
    inFlight,
    stop: () => after(13),
    one: async (n) => {
      await side.submit(n);
      sent += 1;
      if (after(3) && !after(13)) counted += 1;
    },
  });
  await side.allShown(before, sent);
  return counted / 10;
}

/** Inputs a second from the topics into the report: 5,000 are accepted while the consumers stand still, then they go. */
export async function drains(side, count = 5_000) {
  const before = await side.before();
  for (const service of ['casework', 'reporting']) side.hold(service);
  await closedLoop({ inFlight, count, one: (n) => side.submit(n) });
  // What is accepted is on the topic within a moment.
  await pause(1_500);
  const begun = Date.now();
  for (const service of ['casework', 'reporting']) side.release(service);
  return (count / ((await side.allShown(before, count)) - begun)) * 1000;
}

/** Milliseconds from the 201 to the report, p99, at 150 a second for twenty seconds. */
export async function toTheReport(side, count = 3_000) {
  const { times, close } = side.watch();
  await pause(500);
  const accepted = new Map();
  await openLoop({
    perSecond: 150,
    count,
    one: async (n) => accepted.set(await side.submit(n), performance.now()),
  });
  const isShown = () => [...accepted.keys()].every((id) => times.has(id));
  await until('every input to be in the report', isShown, { withinMs: 300_000 });
  await close();
  return quantile(sorted([...accepted].map(([id, at]) => Math.max(0, times.get(id) - at))), 0.99);
}

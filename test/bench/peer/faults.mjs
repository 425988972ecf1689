// The same faults on either side, counted in the same way.
import { setTimeout as pause } from 'node:timers/promises';
import { closedLoop, openLoop, until } from '../load.mjs';

const inFlight = 32;

/**
 * kill -9 of intake under load, three times, started again at once: inputs that were stored, or answered with 201, and
 * never reached a case.
 */
export async function lost(side) {
  const accepted = [];
  for (let kill = 0; kill < 3; kill += 1) {
    let stop = false;
    const load = closedLoop({
      inFlight,
      stop: () => stop,
      // Who is answered with an error is not promised anything.
      one: (n) =>
        side.submit(n).then(
          (id) => accepted.push(id),
          () => (stop = true),
        ),
    });
    await pause(2_500);
    await side.kill('intake');
    stop = true;
    await load;
    await side.start('intake');
    await settled(side);
  }
  const ids = new Set([...accepted, ...(await side.storedIds())]);
  return { count: await side.unrouted([...ids]), of: ids.size };
}

/** kill -9 of casework in the middle of a backlog, started again at once: cases, rows and counts more than one an input. */
export async function doubled(side) {
  side.hold('casework');
  const before = (await side.counts()).cases;
  await closedLoop({ inFlight, count: 1_600, one: (n) => side.submit(n) });
  side.release('casework');
  await until('casework to be in the middle of it', async () => (await side.counts()).cases > before + 100, {
    everyMs: 5,
  });
  await side.kill('casework');
  const atKill = (await side.counts()).cases;
  await side.start('casework');
  if (atKill < before + 1_600)
    await until('casework to go on', async () => (await side.counts()).cases > atKill);
  await settled(side);
  return { count: await side.doubled(), of: (await side.counts()).stored, atKill: atKill - before };
}

/**
 * One event that cannot be handled, or one value that is no JSON, and good inputs around it, 20 a second for half a
 * minute: those that are not in a case half a minute later.
 */
export async function blocked(side, inject) {
  const good = [];
  await side[inject]();
  await openLoop({ perSecond: 20, count: 600, one: async (n) => good.push(await side.submit(n)) });
  const until = Date.now() + 30_000;
  while (Date.now() < until && (await side.unrouted(good)) > 0) await pause(1_000);
  return { count: await side.unrouted(good), of: good.length };
}

/** Nothing has moved for fifteen seconds. */
async function settled(side) {
  let [last, since] = ['', Date.now()];
  while (Date.now() - since < 15_000) {
    const counts = JSON.stringify(await side.counts());
    if (counts !== last) [last, since] = [counts, Date.now()];
    await pause(250);
  }
}

// What a user would build instead, beside Hearback: the same load by the same code on both, and the same faults.
import { closedLoop, median } from './load.mjs';
import { blocked, doubled, lost } from './peer/faults.mjs';
import { hearback } from './peer/hearback.mjs';
import { accepts, drains, toTheReport } from './peer/measures.mjs';
import { installed, usualStack } from './peer/usual-stack.mjs';
import { plainRow, ratioRow, say } from './row.mjs';
import { withStack } from './stack.mjs';

const runs = Number(process.env.BENCH_PEER_RUNS ?? 3);

export const peer = () =>
  withStack({}, async (stack) => {
    const folder = await installed(say);
    if (!folder)
      say(
        'The usual stack is not here: name its parent folder with HEARBACK_PEERS. Hearback alone is measured.',
      );
    const usual = folder && (await speed(await usualStack(stack, folder, { consumers: 1 }), { accepts }));
    const tuned =
      folder &&
      (await speed(await usualStack(stack, folder, { consumers: 6 }), { toTheReport, drains, accepts }));
    const theirFaults = folder && (await faults(await usualStack(stack, folder, { consumers: 1 })));
    const ours = hearback(stack);
    const our = await speed(ours, { toTheReport, drains, accepts }, false);
    const ourFaults = await faults(ours, true);
    return [...(folder ? speedRows(our, usual, tuned) : []), ...faultRows(ourFaults, theirFaults)];
  });

/** Three of each measure, and the side is gone afterwards, unless it is used on. */
async function speed(side, measures, thenClose = true) {
  say(`${side.name}: starting …`);
  await side.startAll();
  try {
    const before = await side.before();
    await closedLoop({ inFlight: 8, count: 600, one: (n) => side.submit(n) });
    await side.allShown(before, 600);
    const values = Object.fromEntries(Object.keys(measures).map((name) => [name, []]));
    for (let run = 1; run <= runs; run += 1) {
      for (const [name, measure] of Object.entries(measures)) {
        const value = await measure(side);
        values[name].push(value);
        say(`${side.name}, run ${run}: ${name} ${value.toFixed(0)}`);
      }
    }
    return values;
  } finally {
    if (thenClose) await side.close();
  }
}

async function faults(side, isUp = false) {
  if (!isUp) await side.startAll();
  const found = {};
  try {
    const note = async (name, looking) => {
      found[name] = await looking;
      say(`${side.name}: ${name} ${found[name].count} of ${found[name].of}`);
    };
    await note('lost', lost(side));
    await note('duplicated', doubled(side));
    await note('blocked by a malformed value', blocked(side, 'malformed'));
    await note('blocked by a poison event', blocked(side, 'poison'));
    return found;
  } finally {
    await side.close();
  }
}

function speedRows(our, usual, tuned) {
  // Against the faster of its two forms, in each figure.
  const form = median(usual.accepts) > median(tuned.accepts) ? ['usual', usual] : ['tuned', tuned];
  const pairs = (name, theirs) => our[name].map((ours, i) => ({ ours, limit: theirs[name][i] }));
  return [
    ratioRow({
      what: 'accepts a second, all services up, 32 in flight',
      unit: '/s',
      pairs: pairs('accepts', form[1]),
      atLeast: 3,
      limitIs: `the ${form[0]} stack`,
      detail: { usual: usual.accepts, tuned: tuned.accepts },
    }),
    ratioRow({
      what: 'inputs a second from the topics into the report',
      unit: '/s',
      pairs: pairs('drains', tuned),
      atLeast: 8,
      limitIs: 'the tuned stack',
    }),
    ratioRow({
      what: 'accepted → in the report, p99 at 150/s',
      unit: 'ms',
      pairs: pairs('toTheReport', tuned),
      atMost: 0.25,
      limitIs: 'the tuned stack',
    }),
  ];
}

const faultsOf = {
  lost: 'lost: kill -9 of intake under load, three times',
  duplicated: 'duplicated: kill -9 of casework in a backlog',
  'blocked by a malformed value': 'blocked: one value that is no JSON',
  'blocked by a poison event': 'blocked: one event that cannot be handled',
};

const faultRows = (ours, theirs) =>
  Object.entries(faultsOf).map(([name, what]) => ({
    ...plainRow({
      what,
      unit: '',
      values: [ours[name].count],
      atMost: 0,
      detail: { ours: ours[name], theirs: theirs?.[name] },
    }),
    ...(theirs && { limit: theirs[name].count }),
  }));

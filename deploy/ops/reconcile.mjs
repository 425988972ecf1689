// npm run reconcile [-- --repair]
// Holds what was accepted against what became of it, in all services; --repair has what differs published again and
// looks once more. Exits 0 when it holds, 1 when it does not, 2 when it could not be done.
// As HEARBACK_TOKEN, else as IT of the development issuer.
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { table } from '../local/welcome.mjs';
import { CannotBeDone, ask, cut, instant, itemsOf, number, progress, run } from './ask.mjs';

const runs = '/api/ops/reconciliation/runs';
/** Rows that are shown; the rest is counted. */
const shown = 50;
/** For how long a repair may take to arrive everywhere, in ms. */
const patience = 30_000;

async function main() {
  const { values } = parseArgs({ options: { repair: { type: 'boolean', default: false } } });
  let now = await reconciled(values.repair);
  await show(now);
  if (values.repair && now.differing > 0) now = await again(now);
  return now.holds ? 0 : 1;
}

/** One run, followed to its end. */
async function reconciled(repair) {
  const watch = progress();
  let now = await ask('POST', runs, { body: { repair } });
  while (now.state === 'running') {
    await pause(300);
    now = await ask('GET', `${runs}/${now.runId}`);
    const some = number(Math.max(now.expected, now.walked));
    watch.at(`${number(now.walked)} of some ${some} inputs looked at`);
  }
  watch.end();
  if (now.state === 'failed') throw new CannotBeDone(`It could not be done: ${now.failure}`);
  return now;
}

/** After a repair: until it holds, or what was published again should have arrived. */
async function again({ repair: { asked, failed } }) {
  console.log(`${number(asked)} published again${failed > 0 ? `, ${number(failed)} cannot be` : ''}.`);
  const begun = Date.now();
  const watch = progress();
  let now;
  do {
    watch.at(`waiting for it to arrive, ${Math.round((Date.now() - begun) / 1_000)} s so far`);
    await pause(1_000);
    now = await reconciled(false);
  } while (asked > 0 && now.differing > failed && Date.now() - begun < patience);
  watch.end();
  await show(now);
  return now;
}

async function show({ asOf, accepted, open, closed, parked, inFlight, differing }) {
  const sums = { accepted, open, closed, parked, 'in flight': inFlight, differ: differing };
  const row = Object.values(sums).map(number);
  process.stdout.write(`\nAccepted until ${instant(asOf)} UTC:\n\n${table(Object.keys(sums), [row])}\n`);
  if (differing === 0) return console.log('It holds: accepted = open + closed + parked.');
  const rows = [];
  for await (const item of itemsOf('/api/ops/reconciliation/differences')) {
    rows.push([item.inputId, item.where, item.stoppedAt, instant(item.since), cut(item.says, 100)]);
    if (rows.length === shown) break;
  }
  process.stdout.write(`${table(['input', 'stopped at', 'there it is', 'since', 'what'], rows)}\n`);
  const rest = differing - rows.length;
  if (rest > 0) console.log(`… and ${number(rest)} more: GET /api/ops/reconciliation/differences`);
  console.log(
    `It does not hold: ${number(differing)} ${differing === 1 ? 'input differs' : 'inputs differ'}.`,
  );
}

run('deploy/ops/reconcile.mjs', main);

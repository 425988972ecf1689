// npm run parked                                          what waits, of all services
// npm run parked -- --discarded                           what was discarded, by whom and why
// npm run parked -- --replays                             who had what tried again, and with what result
// npm run parked -- --replay --why "…" [--service S] [--type T]
// npm run parked -- --discard ID --service S --why "…"
// Exits 0; 1 when something still waits after a replay; 2 when it could not be done.
// As HEARBACK_TOKEN, else as IT of the development issuer.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { table } from '../local/welcome.mjs';
import { CannotBeDone, ask, cut, instant, itemsOf, number, progress, run } from './ask.mjs';

/** Rows that are shown; the rest is counted. */
const shown = 50;
/** For how long a service that does not answer is asked again, in ms. */
const patience = 60_000;

async function main() {
  const text = { type: 'string' };
  const flag = { type: 'boolean', default: false };
  const { values } = parseArgs({
    options: {
      replay: flag,
      discard: text,
      discarded: flag,
      replays: flag,
      why: text,
      service: text,
      type: text,
    },
  });
  if (values.replay) return replay(values);
  if (values.discard) return discard(values);
  if (values.why || values.type) throw new CannotBeDone('--why and --type go with --replay or --discard');
  if (values.replays) return replays(values);
  return list(values);
}

async function list({ discarded, service }) {
  const rows = [];
  const kinds = new Map();
  const unreachable = new Set();
  const watch = progress();
  let count = 0;
  for await (const item of itemsOf(`/api/ops/parked${discarded ? '?discarded=true' : ''}`, unreachable)) {
    watch.at(`${number(count)} read so far`);
    if (service && item.service !== service) continue;
    count += 1;
    const kind = `${item.service} ${item.kind}`;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    // What waits behind another needs no decision of its own.
    if (item.kind !== 'behind' && rows.length < shown) rows.push(item);
  }
  watch.end();
  if (rows.length > 0) process.stdout.write(`\n${discarded ? discardedTable(rows) : waitingTable(rows)}\n`);
  const sums = [...kinds].map(([kind, n]) => `${kind} ${number(n)}`).join(', ');
  const what = discarded ? 'discarded' : 'parked';
  console.log(count === 0 ? `Nothing is ${what}.` : `${number(count)} ${what}: ${sums}.`);
  if (rows.length === shown) console.log(`The first ${shown} that fail are shown.`);
  if (count > 0 && !discarded) console.log('Try them again: npm run parked -- --replay --why "…"');
  return missing(unreachable);
}

function waitingTable(rows) {
  return table(
    ['service', 'kind', 'type', 'key', 'seq', 'waits since', 'tries', 'reason', 'id'],
    rows.map(({ service, kind, type = '', key = '', seq, parkedAt, tries, reason, id }) => [
      service,
      kind,
      type,
      cut(key, 36),
      seq?.toString() ?? '',
      instant(parkedAt),
      String(tries),
      cut(reason),
      id,
    ]),
  );
}

function discardedTable(rows) {
  return table(
    ['service', 'type', 'key', 'seq', 'discarded', 'by', 'why'],
    rows.map(({ service, type = 'unreadable', key = '', seq, discarded: { at, by, why } }) => [
      service,
      type,
      cut(key, 36),
      seq?.toString() ?? '',
      instant(at),
      by,
      cut(why),
    ]),
  );
}

async function replays({ service }) {
  const rows = [];
  const unreachable = new Set();
  for await (const item of itemsOf('/api/ops/parked/replays', unreachable)) {
    if (item.total === 0 || (service && item.service !== service)) continue;
    if (rows.length < 200) rows.push(item);
  }
  if (rows.length === 0) console.log('Nothing was replayed yet.');
  else process.stdout.write(`\n${replaysTable(rows)}`);
  return missing(unreachable);
}

function replaysTable(rows) {
  return table(
    ['begun', 'service', 'by', 'of', 'state', 'total', 'done', 'still wait', 'why'],
    rows.map(({ startedAt, service, by, event, type, state, total, done, stillWaiting, why }) => [
      instant(startedAt),
      service,
      by,
      event ? 'one event' : (type ?? 'all'),
      state,
      number(total),
      number(done),
      number(stillWaiting),
      cut(why),
    ]),
  );
}

async function replay({ why, service, type }) {
  if (!why) throw new CannotBeDone('--replay needs --why "…": it is kept with the replay');
  const body = { why, ...(service && { service }), ...(type && { type }) };
  const key = randomUUID();
  let begun = await ask('POST', '/api/ops/parked/replay', { body, key });
  const { replayId } = begun;
  const watch = progress();
  const giveUpAt = Date.now() + patience;
  // The same key: where it has begun nothing changes.
  while (begun.unreachable && Date.now() < giveUpAt) {
    watch.at(`${begun.unreachable.join(', ')} does not answer; asked again`);
    await pause(1_000);
    begun = await ask('POST', '/api/ops/parked/replay', { body, key });
  }
  const end = await followed(replayId, watch);
  watch.end();
  const rows = end.services.filter(({ total }) => total > 0);
  if (rows.length > 0) process.stdout.write(`\n${replaysTable(rows)}\n`);
  const { total, stillWaiting } = end;
  if (total === 0) console.log('Nothing waited.');
  else if (stillWaiting === 0) console.log(`All ${number(total)} are applied.`);
  else console.log(`${number(stillWaiting)} of ${number(total)} still wait; see: npm run parked`);
  const away = missing(new Set(begun.unreachable ?? end.unreachable ?? []));
  return away || (stillWaiting > 0 ? 1 : 0);
}

/** Until it is done, or a service has been away for too long. */
async function followed(replayId, watch) {
  let answeredAt = Date.now();
  for (;;) {
    const now = await ask('GET', `/api/ops/parked/replays/${replayId}`);
    if (!now.unreachable) answeredAt = Date.now();
    const away = now.unreachable ? `; ${now.unreachable.join(', ')} does not answer` : '';
    watch.at(
      `${number(now.done)} of ${number(now.total)} tried, ${number(now.stillWaiting)} still wait${away}`,
    );
    if (now.state === 'done' || Date.now() - answeredAt > patience) return now;
    await pause(300);
  }
}

async function discard({ discard: id, service, why }) {
  if (!service || !why)
    throw new CannotBeDone('--discard ID needs --service S and --why "…": both are in the list');
  const { stillWaiting } = await ask('POST', `/api/ops/parked/${service}/${encodeURIComponent(id)}/discard`, {
    body: { why },
  });
  console.log(`Discarded; ${number(stillWaiting)} under its key still wait.`);
  return 0;
}

function missing(unreachable) {
  if (unreachable.size === 0) return 0;
  console.error(`No answer from ${[...unreachable].join(', ')}: what they have is missing here.`);
  return 2;
}

run('deploy/ops/parked.mjs', main);

// npm run rebuild -- SERVICE [--why TEXT] [--check] [--from-owners] [--remove]
// npm run rebuild -- SERVICE --follow ID      a rebuild that runs already
// Reads the events from the beginning again and puts right what the service made of them, while it is served.
//   --check        only looks: writes nothing
//   --from-owners  has every owner send its events again, whatever the topics still hold
//   --remove       deletes documents that no event tells of
// Exits 0 when everything is as the events say, 1 when something is not, 2 when it could not be done.
// As HEARBACK_TOKEN, else as IT of the development issuer.
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { table } from '../local/welcome.mjs';
import { CannotBeDone, ask, number, progress, run } from './ask.mjs';

/** Who makes something of others' events: the ledger, and the copies of the organisations. */
const services = ['reporting', 'casework', 'intake', 'student-voice', 'family-council'];

const verdicts = {
  same: 'as the events say, byte for byte',
  different: 'had the same events and other content',
  behind: 'lacked events',
  missing: 'were not there',
  removed: 'no event tells of them: deleted',
  unknown: 'no event tells of them: left (--remove deletes them)',
  ahead: 'know events that could not be had: left',
  left: 'had an event discarded meanwhile: left',
};

async function main() {
  const flag = { type: 'boolean', default: false };
  const text = { type: 'string' };
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { check: flag, 'from-owners': flag, remove: flag, why: text, follow: text },
  });
  const [service] = positionals;
  if (positionals.length !== 1 || !services.includes(service))
    throw new CannotBeDone(`Name the one service whose views to rebuild: ${services.join(', ')}`);
  const path = `/api/${service}/ops`;
  const begun = values.follow
    ? await ask('GET', `${path}/rebuilds/${encodeURIComponent(values.follow)}`)
    : await begin(path, values);
  return tell(await follow(path, service, begun));
}

async function begin(path, { why = 'npm run rebuild', check, remove, 'from-owners': fromOwners }) {
  const begun = await ask('POST', `${path}/rebuild`, { body: { why, check, remove, fromOwners } });
  console.log(`Rebuild ${begun.id} has begun; Ctrl-C leaves it running.`);
  return begun;
}

async function follow(path, service, begun) {
  const watch = progress();
  let now = begun;
  process.once('SIGINT', () => {
    watch.end();
    console.error(`It goes on. To look again: npm run rebuild -- ${service} --follow ${begun.id}`);
    process.exit(130);
  });
  while (now.running) {
    await pause(300);
    now = await ask('GET', `${path}/rebuilds/${begun.id}`);
    watch.at(progressOf(now));
  }
  watch.end();
  return now;
}

function progressOf({ state, read, owners, documents }) {
  if (state === 'reading') return `reading: ${number(read.messages)} messages, ${number(read.left)} left`;
  if (state === 'asking') {
    const sent = owners.map(
      ({ publisher, events, done }) => `${publisher} ${number(events)}${done ? ' (all)' : ''}`,
    );
    return `owners send their events again: ${sent.join(', ')}`;
  }
  const looked = Object.values(documents).reduce((sum, count) => sum + count, 0);
  if (state === 'comparing') return `comparing: ${number(looked)} documents`;
  return `${state} …`;
}

function tell({ state, reason, documents, parked, examples, owners, check, startedAt, endedAt }) {
  const rows = Object.entries(verdicts)
    .filter(([verdict]) => verdict === 'same' || documents[verdict] > 0)
    .map(([verdict, meaning]) => [verdict, number(documents[verdict]), meaning]);
  process.stdout.write(`\n${table(['documents', '', ''], rows)}\n`);
  for (const { store, id, verdict } of examples.slice(0, 10)) console.log(`  ${verdict} in ${store}: ${id}`);
  if (examples.length > 10) console.log(`  and others; the first ${examples.length} are in the answer`);
  for (const { publisher, documents: of, events } of owners)
    console.log(`${publisher} sent ${number(events)} events of ${number(of)} documents again.`);
  if (parked > 0) console.log(`${number(parked)} events could not be applied: see npm run parked.`);
  const seconds = ((Date.parse(endedAt) - Date.parse(startedAt)) / 1000).toFixed(1);
  const changed = documents.different + documents.behind + documents.missing + documents.removed;
  const outcome = check ? 'Only looked.' : `${number(changed)} put right.`;
  console.log(`${state} after ${seconds} s${reason ? `: ${reason}` : ''}. ${outcome}`);
  return { done: 0, differs: 1 }[state] ?? 2;
}

run('deploy/ops/rebuild.mjs', main);

// Loads the demo district over the public API: organisations and people from oneroster/, teams, routing rules.
// Run as often as one likes: what is there already stays as it is.
import { readFile, readdir } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { call, gateway, Refused, until } from './api.mjs';
import { mintToken } from './token.mjs';

const folder = new URL('./', import.meta.url);
const json = async (name) => JSON.parse(await readFile(new URL(name, folder), 'utf8'));
const say = (text) => console.log(`demo district: ${text}`);

async function main() {
  const auth = `Bearer ${await mintToken({ as: 'it' })}`;
  await call('GET', '/health/ready');
  await loadRoster(auth);
  await put('/api/casework/teams', auth, await json('teams.json'), 'teams', 'teamId');
  await put('/api/casework/routing-rules', auth, await json('routing-rules.json'), 'rules', 'ruleId');
  say(`ready at ${gateway}`);
}

async function loadRoster(auth) {
  const files = (await readdir(new URL('oneroster/', folder))).filter((name) => name.endsWith('.csv'));
  const form = new FormData();
  for (const name of files) {
    const bytes = await readFile(new URL(`oneroster/${name}`, folder));
    form.append('files', new File([bytes], name, { type: 'text/csv' }));
  }
  say(`reading ${files.length} OneRoster files`);
  const { body } = await call('POST', '/api/roster/imports', { auth, form });
  const {
    state,
    problem,
    files: reports,
  } = await until('the import', async (seen) => {
    const { body: report } = await call('GET', `/api/roster/imports/${body.importId}`, { auth });
    seen.last = report.state;
    return ['received', 'applying'].includes(report.state) ? undefined : report;
  });
  if (state !== 'applied') throw new Error(`the import ${body.importId} is ${state}: ${problem}`);
  const wrong = reports.find((file) => file.state === 'refused' || file.quarantined > 0);
  if (wrong) {
    const why =
      wrong.problem ?? wrong.reasons.map(({ line, message }) => `line ${line}: ${message}`).join('; ');
    throw new Error(`${wrong.file}.csv was not taken whole: ${why}`);
  }
  const sum = (what) => reports.reduce((all, file) => all + file[what], 0);
  say(`${sum('read')} rows read, ${sum('changed')} changed`);
}

/** Puts the whole list, unless the same is there. A team's organisation may still be on its way: 422 is tried again. */
async function put(path, auth, wanted, list, id) {
  const changed = await until(`${path} to be taken`, async (seen) => {
    const { body, etag } = await call('GET', path, { auth });
    if (same(body[list] ?? [], wanted[list], id)) return false;
    try {
      await call('PUT', path, { auth, body: wanted, ifMatch: etag ?? '"0"' });
      return true;
    } catch (error) {
      if (!(error instanceof Refused) || ![412, 422].includes(error.status)) throw error;
      seen.last = error.message;
      return undefined;
    }
  });
  say(`${wanted[list].length} ${list} ${changed ? 'put' : 'are as they should be'}`);
}

// Only what we wrote counts: the service may add fields of its own.
function same(there, wanted, id) {
  if (there.length !== wanted.length) return false;
  return wanted.every((one) => {
    const other = there.find((candidate) => candidate[id] === one[id]);
    return other && Object.entries(one).every(([field, value]) => isDeepStrictEqual(other[field], value));
  });
}

main().catch((error) => {
  console.error(`demo district: ${error.message}`);
  process.exit(1);
});

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ended, eventually, run, startDistrict } from '#testing';
import type { District } from '#testing';
import { actsIn, expectStatus } from '../e2e/acts.js';
import type { Acts, Raised } from '../e2e/acts.js';

/**
 * Casework loses a school out of its copy of the roster: whatever a thousand people say there is parked. The school
 * comes back, and all of it is replayed in bulk, while casework is killed in the middle and others go on speaking.
 */
const school = '00417-012';
const many = 1_000;
const others = 100;

let district: District;
let acts: Acts;
let it_: string;

const parked = () => district.db('casework').collection('parked');
const cases = () => district.db('casework').collection('cases');
const cli = (...args: string[]) => ended(['deploy/ops/parked.mjs', ...args], district.env);

beforeAll(async () => {
  district = await startDistrict();
  acts = actsIn(district);
  it_ = await district.token('it');
}, 150_000);
afterAll(() => district?.close(), 60_000);

/** At most 32 at a time, as many people would. */
async function raise(count: number, orgId: string): Promise<Raised[]> {
  const raised: Raised[] = [];
  let left = count;
  const workers = Array.from({ length: 32 }, async () => {
    while (left > 0) {
      left -= 1;
      raised.push(await acts.raise({ orgId }));
    }
  });
  await Promise.all(workers);
  return raised;
}

it('a thousand inputs wait where one cause stops them all, and nobody else does', async () => {
  await district.db('casework').collection('organisations').deleteOne({ id: school });
  // Casework looks at its organisations once a second.
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  const stuck = await raise(many, school);
  await eventually(async () => (await parked().countDocuments({})) >= many, 'all of it parked', 60_000);
  const [beside] = await raise(1, '00417-051');
  await acts.arrive('routed', () => acts.receipt(beside!.auth));
  expect((await acts.receipt(stuck[0]!.auth)).state).toBe('raised');

  // Counted as parked: known, and neither lost nor open.
  await district
    .db('intake')
    .collection('inputs')
    .updateMany({}, { $set: { 'state.acceptedAt': new Date(Date.now() - 3_600_000).toISOString() } });
  const sums = await district.call('GET', '/api/ops/reconciliation', { auth: it_ });
  expect(expectStatus(sums, 200)).toMatchObject({
    accepted: many + 1,
    open: 1,
    parked: many,
    inFlight: 0,
    differing: 0,
    holds: true,
  });
}, 120_000);

it('a replay in vain says how many still wait, and exits 1', async () => {
  // On a busy machine something else may have waited for a moment, too; that must not stay.
  const others = { reason: { $ne: `organisation ${school} is not known yet` } };
  await eventually(async () => (await parked().countDocuments(others)) === 0, 'nothing else to wait');
  const { code, printed } = await cli('--replay', '--why', 'Is it over yet?', '--service', 'casework');
  expect(printed).toContain(`${many.toLocaleString('en-US')} of ${many.toLocaleString('en-US')} still wait`);
  expect(code).toBe(1);
  // So that the timed retries leave them to the next replay.
  await parked().updateMany({}, { $set: { nextTryAt: new Date(Date.now() + 3_600_000) } });
}, 120_000);

it('once the cause is gone all are replayed, through a kill, while a hundred others are heard', async () => {
  const back = await district.call('POST', '/api/roster/ops/republish', {
    auth: it_,
    body: { inputId: school },
  });
  expectStatus(back, 202);
  await eventually(
    async () =>
      (await district.db('casework').collection('organisations').countDocuments({ id: school })) === 1,
    'the school',
  );
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  await parked().updateMany({}, { $set: { nextTryAt: new Date(Date.now() + 3_600_000) } });

  const died = district.dieAt('casework', 'after replay');
  const replayed = cli('--replay', '--why', 'the roster is whole again');
  await eventually(async () => (await parked().countDocuments({})) < many - 50, 'the first of them', 30_000);
  const heard = await raise(others, '00417-051');
  await Promise.all(heard.map(({ auth }) => acts.arrive('routed', () => acts.receipt(auth))));
  await died;
  const { code, printed } = await replayed;
  expect({ code, ...(code !== 0 && { printed }) }).toEqual({ code: 0 });
  expect(printed).toMatch(/All [\d,]+ are applied/);
  expect(await parked().countDocuments({})).toBe(0);
  expect(await cases().countDocuments({})).toBe(many + 1 + others);
  // Once each, though some were applied just before the kill and again after it.
  const twice = await cases().countDocuments({ 'events.1': { $exists: true } });
  expect(twice).toBe(0);
}, 180_000);

it('who had it replayed, and why, is kept, and the reconciliation holds', async () => {
  const { code, printed } = await cli('--replays', '--service', 'casework');
  expect(code).toBe(0);
  expect(printed).toContain('Is it over yet?');
  expect(printed).toContain('the roster is whole again');
  const empty = await cli();
  expect([empty.code, empty.printed.trim()]).toEqual([0, 'Nothing is parked.']);
  await district
    .db('intake')
    .collection('inputs')
    .updateMany({}, { $set: { 'state.acceptedAt': new Date(Date.now() - 60_000).toISOString() } });
  await eventually(async () => {
    const { body } = await district.call('GET', '/api/ops/reconciliation', { auth: it_ });
    return body['open'] === many + 1 + others && body['inFlight'] === 0;
  }, 'rest');
  expect(await run(['deploy/ops/reconcile.mjs'], district.env)).toContain('It holds');
}, 60_000);

it('a single one is discarded by its id, with who and why', async () => {
  const { topics } = district;
  await topics.publishRaw('intake', 'bytes', Buffer.from([0xff, 0xfe]));
  await eventually(async () => (await parked().countDocuments({})) === 1, 'it parked');
  const list = await cli('--service', 'casework');
  const id = /\S+$/m.exec(list.printed.split('\n').find((line) => line.includes('unreadable'))!)![0];
  const replay = await cli('--replay', '--service', 'casework', '--why', 'readable now?');
  expect(replay.code).toBe(1);
  expect((await cli('--discard', id, '--service', 'casework')).code).toBe(2);
  const discarded = await cli('--discard', id, '--service', 'casework', '--why', 'a broken cable');
  expect([discarded.code, discarded.printed]).toEqual([0, 'Discarded; 0 under its key still wait.\n']);
  const kept = await cli('--discarded', '--service', 'casework');
  expect(kept.printed).toContain('a broken cable');
  expect((await cli('--discard', id, '--service', 'casework', '--why', 'once more')).code).toBe(2);
}, 60_000);

it('and nothing can be said without a token that is accepted, or a gateway that answers', async () => {
  const wrong = await ended(['deploy/ops/parked.mjs'], { ...district.env, HEARBACK_TOKEN: 'x.y.z' });
  expect(wrong.code).toBe(2);
  expect(wrong.printed).toContain('set HEARBACK_TOKEN');
  const away = { ...district.env, HEARBACK_PUBLIC_URL: 'http://127.0.0.1:1' };
  for (const command of ['parked', 'reconcile']) {
    const { code, printed } = await ended([`deploy/ops/${command}.mjs`], away);
    expect([code, printed]).toEqual([2, expect.stringContaining('does not answer')]);
  }
}, 60_000);

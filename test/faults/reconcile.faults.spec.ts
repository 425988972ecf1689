import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { trustedDistrict } from '#platform';
import { ended, eventually, startDistrict } from '#testing';
import type { District } from '#testing';
import { actsIn, expectStatus, goodInput } from '../e2e/acts.js';
import type { Acts } from '../e2e/acts.js';

/**
 * Events and documents are taken away behind the back of running services, and the reconciler must say what is missing
 * and where it stopped, bring back what can be brought back, and say so of the rest.
 */
interface Difference {
  inputId: string;
  where: string;
  stoppedAt: string;
  what: string;
  since: string;
  says: string;
}
interface Sums {
  runId: string;
  accepted: number;
  open: number;
  closed: number;
  parked: number;
  inFlight: number;
  differing: number;
  differences: Difference[];
  holds: boolean;
}
interface Run extends Sums {
  by: string;
  state: string;
  startedAt: string;
  finishedAt?: string;
  repair?: { asked: number; failed: number };
  failure?: string;
}

const ops = '/api/ops/reconciliation';
let district: District;
let acts: Acts;
let it_: string;
let team: string;

const reconciled = async () => expectStatus(await district.call<Sums>('GET', ops, { auth: it_ }), 200);
const runs = async (auth = it_) =>
  expectStatus(await district.call<{ items: Run[] }>('GET', `${ops}/runs?limit=200`, { auth }), 200).items;
const reconcile = (...args: string[]) => ended(['deploy/ops/reconcile.mjs', ...args], district.env);
const cases = () => district.db('casework').collection('cases');
const rows = () => district.db('reporting').collection('rows');
const inputs = () => district.db('intake').collection('inputs');
const lagging = () => district.db('gateway').collection('lagging');

/** As if all of it had been accepted so long ago, in ms. */
const accepted = (ago: number) =>
  inputs().updateMany({}, { $set: { 'state.acceptedAt': new Date(Date.now() - ago).toISOString() } });
const longAgo = () => accepted(3_600_000);
/** Looked at, and in its five minutes. */
const aMinuteAgo = () => accepted(60_000);
/** As if what was seen to stand had stood for six minutes already. */
const sixMinutesLater = () =>
  lagging().updateMany({}, [{ $set: { since: { $subtract: ['$since', 360_000] } } }]);

/** So many inputs, routed and known to all. */
async function raise(count: number): Promise<string[]> {
  const raised = await Promise.all(Array.from({ length: count }, () => acts.raise()));
  await Promise.all(raised.map(({ auth }) => acts.arrive('routed', () => acts.receipt(auth))));
  await longAgo();
  await eventually(async () => (await reconciled()).inFlight === 0, 'rest');
  return raised.map(({ inputId }) => inputId);
}

beforeAll(async () => {
  district = await startDistrict();
  acts = actsIn(district);
  it_ = await district.token('it');
  team = await acts.member('transport');
}, 150_000);
afterAll(() => district?.close(), 60_000);

it('holds while nothing is amiss, whatever is said of an input and however its loop ends', async () => {
  await raise(20);
  const { inputId, auth } = await acts.raise();
  await acts.arrive('routed', () => acts.receipt(auth));
  expectStatus(await acts.onReceipt(auth, 'messages', { text: 'Every day.', language: 'en' }), 201);
  expectStatus(await acts.answerCase(inputId, team), 200);
  await acts.arrive('delivered', () => acts.receipt(auth));
  expectStatus(await acts.onReceipt(auth, 'confirm', { answerNo: 1 }), 200);
  const gone = await acts.raise();
  expectStatus(await acts.onReceipt(gone.auth, 'erase'), 200);
  const restricted = await acts.raise({ anonymous: false, name: 'Ada', notSeenBy: 'school' });
  await acts.arrive('routed', () => acts.receipt(restricted.auth));
  await longAgo();
  const sums = await eventually(async () => {
    const now = await reconciled();
    return now.inFlight === 0 && now.closed === 2 && now;
  }, 'rest');
  expect(sums).toMatchObject({ accepted: 23, open: 21, closed: 2, parked: 0, differing: 0, holds: true });
  const { code, printed } = await reconcile();
  expect(printed).toContain('It holds');
  expect(code).toBe(0);
}, 60_000);

it('holds while people speak: what is accepted during the walk is neither missing nor too much', async () => {
  let speaking = true;
  const many = Array.from({ length: 8 }, async () => {
    while (speaking) await acts.raise();
  });
  const walks: Sums[] = [];
  for (let walk = 0; walk < 8; walk += 1) {
    await aMinuteAgo();
    walks.push(await reconciled());
  }
  speaking = false;
  await Promise.all(many);
  for (const sums of walks) {
    expect(sums.differing).toBe(0);
    expect(sums.accepted).toBe(sums.open + sums.closed + sums.inFlight);
  }
  expect(walks.at(-1)!.accepted).toBeGreaterThan(walks[0]!.accepted);
  await longAgo();
  await eventually(async () => (await reconciled()).inFlight === 0, 'rest');
}, 60_000);

describe('what was taken away behind the back of its service', () => {
  let lost: Record<'case' | 'row' | 'published', string>;

  it('is named by id, with where it stopped', async () => {
    const [ofCase, ofRow, published] = await raise(3);
    lost = { case: ofCase!, row: ofRow!, published: published! };
    // Marks move every half second; until then their origin does not know that they are out.
    const marked = { id: { $in: Object.values(lost) }, pending: { $exists: false } };
    await eventually(async () => (await inputs().countDocuments(marked)) === 3, 'their marks');
    await cases().deleteOne({ id: lost.case });
    await rows().deleteOne({ id: lost.row });
    // Written, and never sent: nobody else has heard of it, and its origin does not know.
    await cases().deleteOne({ id: lost.published });
    await rows().deleteOne({ id: lost.published });
    await inputs().updateOne(
      { id: lost.published },
      { $set: { mark: 0, 'state.loop.state': 'raised', seen: [] }, $unset: { pending: '' } },
    );
    const { holds, differing, differences } = await reconciled();
    expect([holds, differing]).toEqual([false, 3]);
    expect(new Map(differences.map((one) => [one.inputId, `${one.where} ${one.what}: ${one.says}`]))).toEqual(
      new Map([
        [
          lost.case,
          'casework not-taken: published by intake but not taken by casework: 1 published, 0 taken',
        ],
        [
          lost.row,
          'reporting not-taken: published by intake but not taken by reporting: 1 published, 0 taken',
        ],
        [
          lost.published,
          'intake not-published: not published by intake: 0 of 1 events are, casework has taken 0',
        ],
      ]),
    );
    expect(differences.every(({ stoppedAt }) => ['unknown', 'raised'].includes(stoppedAt))).toBe(true);
    expect(differences.map(({ inputId }) => inputId)).toEqual(Object.values(lost).toSorted());
    const told = 'reconciliation of moon does not hold: 3 inputs differ';
    await eventually(() => Promise.resolve(district.logs().includes(told)), 'a line in the log');
  }, 60_000);

  it('is shown to whoever asks on the command line, page by page to programs, and to no other district', async () => {
    const { code, printed } = await reconcile();
    expect(code).toBe(1);
    for (const id of Object.values(lost)) expect(printed).toContain(id);
    expect(printed).toContain('It does not hold: 3 inputs differ.');
    const page = async (query: string, auth = it_) =>
      expectStatus(
        await district.call<{ items: Difference[]; next?: string }>('GET', `${ops}/differences?${query}`, {
          auth,
        }),
        200,
      );
    const first = await page('limit=2');
    const second = await page(`limit=2&cursor=${first.next}`);
    expect([...first.items, ...second.items].map(({ inputId }) => inputId)).toEqual(
      Object.values(lost).toSorted(),
    );
    expect(second.next).toBeUndefined();
    const mars = await district.token('it', { district: 'mars' });
    expect(await page('limit=2', mars)).toEqual({ items: [] });
    expect(await runs(mars)).toEqual([]);
  }, 60_000);

  it('is brought back by publishing again, and then it holds, with nothing doubled', async () => {
    const before = await inputs().findOne({ id: lost.case });
    const { code, printed } = await reconcile('--repair');
    expect(printed).toContain('3 published again.');
    expect(printed).toContain('It holds');
    expect(code).toBe(0);
    for (const id of Object.values(lost)) {
      expect(await cases().countDocuments({ id })).toBe(1);
      expect(await rows().countDocuments({ id })).toBe(1);
    }
    // The same ids and numbers: the origin has skipped the second routing.
    expect(await inputs().findOne({ id: lost.case })).toEqual(before);
    // Casework remembers that it has sent its own answer to one of them, and to that one nobody listened.
    expect(await reconciled()).toMatchObject({ inFlight: 1, differing: 0, holds: true });
    expect(await lagging().findOne({})).toMatchObject({
      inputId: lost.published,
      stop: { what: 'not-taken', publisher: 'casework', reader: 'intake' },
    });
    await sixMinutesLater();
    expect((await reconcile('--repair')).code).toBe(0);
    expect(await reconciled()).toMatchObject({ inFlight: 0, differing: 0, holds: true });
    expect(await lagging().countDocuments({})).toBe(0);
  }, 60_000);

  it('is not called repaired when publishing again does not bring it back', async () => {
    const [answered, confirmed] = await raise(2);
    expectStatus(await acts.answerCase(answered!, team), 200);
    await eventually(async () => (await reconciled()).inFlight === 0, 'rest');
    await cases().deleteOne({ id: answered });
    await cases().updateOne({ id: confirmed }, { $set: { 'state.inputs.0.state': 'confirmed' } });
    const ghost = randomUUID();
    await district.topics.publish('intake', trustedDistrict('moon'), {
      type: 'input.raised',
      inputId: ghost,
      origin: 'intake',
      orgId: goodInput.orgId,
      topic: 'transport',
      kind: 'concern',
      lane: 'open',
      voices: 1,
      language: 'en',
      anonymous: true,
      reachable: false,
      notSeenBy: [],
      raisedAt: new Date().toISOString(),
      sealed: 'a..b.c.d',
    });
    await eventually(async () => (await rows().countDocuments({ id: ghost })) === 1, 'the ghost');
    await reconciled();
    await sixMinutesLater();
    const first = await reconcile('--repair');
    // Casework took the input again, and has lost what its team had said.
    expect(first.printed).toContain('1 published again, 2 cannot be.');
    expect(first.code).toBe(1);
    await sixMinutesLater();
    const { differences } = await reconciled();
    expect(new Map(differences.map(({ inputId, where, what }) => [inputId, `${where} ${what}`]))).toEqual(
      new Map([
        [answered, 'casework ahead'],
        [confirmed, 'casework disagrees'],
        [ghost, 'origin not-accepted'],
      ]),
    );
    const repair = await district.call<{ asked: string[]; failed: string[] }>('POST', `${ops}/repair`, {
      auth: it_,
    });
    expect(repair.body.asked).toEqual([]);
    expect(new Set(repair.body.failed)).toEqual(new Set([answered, confirmed, ghost]));
    await cases().deleteMany({ id: { $in: [answered, ghost] } });
    await rows().deleteMany({ id: { $in: [answered, ghost] } });
    await inputs().deleteOne({ id: answered });
    await cases().updateOne({ id: confirmed }, { $set: { 'state.inputs.0.state': 'routed' } });
    expect(await reconciled()).toMatchObject({ differing: 0, holds: true });
  }, 60_000);

  it('is in flight at first, and a difference after five minutes, whatever becomes of the gateway meanwhile', async () => {
    const [inputId] = await raise(1);
    // Its ledger row has never taken casework's event; both have the loop open all the same.
    await rows().updateOne({ id: inputId }, [
      {
        $set: {
          seen: { $filter: { input: '$seen', cond: { $ne: ['$$this.publisher', 'casework'] } } },
          'state.facts': {
            $filter: { input: '$state.facts', cond: { $ne: ['$$this.publisher', 'casework'] } },
          },
        },
      },
    ]);
    expect(await reconciled()).toMatchObject({ inFlight: 1, differing: 0, holds: true });
    const since = (await lagging().findOne({ inputId }))!['since'] as Date;
    await district.stop('gateway');
    await district.start('gateway');
    expect(await reconciled()).toMatchObject({ inFlight: 1, differing: 0 });
    expect((await lagging().findOne({ inputId }))!['since']).toEqual(since);
    await sixMinutesLater();
    const { differences } = await reconciled();
    expect(differences).toMatchObject([
      { inputId, where: 'reporting', what: 'not-taken', stoppedAt: 'raised' },
    ]);
    expect(Date.parse(differences[0]!.since)).toBe(since.getTime() - 360_000);
    expect((await reconcile('--repair')).code).toBe(0);
  }, 90_000);
});

it('says nothing about what it could not see: a service that is away ends the run, and it is kept that it did', async () => {
  const [inputId] = await raise(1);
  await cases().deleteOne({ id: inputId });
  expect((await reconciled()).differing).toBe(1);
  await district.stop('reporting');
  const { code, printed } = await reconcile();
  expect(code).toBe(2);
  expect(printed).toContain('It could not be done: reporting');
  expect((await runs())[0]).toMatchObject({ state: 'failed' });
  // What was seen before is not forgotten by half a walk.
  expect(await lagging().countDocuments({ inputId, difference: true })).toBe(1);
  await district.start('reporting');
  expect((await reconcile('--repair')).code).toBe(0);
}, 90_000);

describe('on a schedule', () => {
  const scheduled = async (auth = it_) => (await runs(auth)).filter(({ by }) => by === 'schedule');

  it('one gateway at a time reconciles every district, and repairs what has stood for five minutes', async () => {
    const minutes = '0.05';
    const [inputId] = await raise(1);
    await cases().deleteOne({ id: inputId });
    const often = { HEARBACK_RECONCILE_MINUTES: minutes };
    // Another gateway is at it, as far as these two can tell.
    const leases = district.db('gateway').collection<{ _id: string; holder: string; until: Date }>('leases');
    const until = new Date(Date.now() + 15_000);
    await leases.insertOne({ _id: 'reconciliation', holder: 'another', until });
    await district.another('gateway', often);
    await district.another('gateway', often);
    expect(Date.now()).toBeLessThan(until.getTime());
    expect(await scheduled()).toEqual([]);
    await eventually(async () => (await cases().countDocuments({ id: inputId })) === 1, 'the repair', 30_000);
    const done = await eventually(
      async () => {
        const all = (await scheduled()).filter(({ state }) => state === 'done');
        return all.length >= 5 && all[0]!.differing === 0 && all;
      },
      'five runs',
      40_000,
    ).then((all) => all.toReversed());
    expect(Date.parse(done[0]!.startedAt)).toBeGreaterThan(until.getTime());
    const repaired = done.filter(({ repair }) => (repair?.asked ?? 0) > 0);
    expect(repaired).toHaveLength(1);
    expect(repaired[0]!.differences[0]!.inputId).toBe(inputId);
    for (let i = 1; i < done.length; i += 1) {
      const gap = Date.parse(done[i]!.startedAt) - Date.parse(done[i - 1]!.startedAt);
      expect(gap).toBeGreaterThanOrEqual(3_000);
    }
    const mars = await scheduled(await district.token('it', { district: 'mars' }));
    expect(mars.length).toBeGreaterThan(1);
    expect(mars[0]).toMatchObject({ accepted: 0, state: expect.stringMatching(/done|running/) as unknown });
    expect(
      await district
        .db('gateway')
        .collection('leases')
        .countDocuments({ _id: 'reconciliation' as never }),
    ).toBe(1);
  }, 120_000);
});

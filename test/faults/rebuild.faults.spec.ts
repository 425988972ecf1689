import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BSON } from 'mongodb';
import type { Document } from 'mongodb';
import type { HearbackEvent } from '#contracts';
import { trustedDistrict } from '#platform';
import { eventually, startDistrict } from '#testing';
import type { District } from '#testing';
import { actsIn, expectStatus } from '../e2e/acts.js';
import type { Acts } from '../e2e/acts.js';

/**
 * Reporting rebuilt while it is served, by two instances of it: from the topics, from the owners when the topics are
 * empty, through kills. Rows are compared with their types as the database has them, but for the count of writes.
 */
interface Rebuild {
  id: string;
  state: string;
  running: boolean;
  read: { messages: number; left: number };
  owners: { publisher: string; documents: number; events: number; done: boolean }[];
  documents: Record<string, number>;
  parked: number;
  examples: { store: string; id: string; verdict: string }[];
  reason?: string;
}
interface Report {
  total: { counts: Record<string, number> };
  groups: { key: string; counts: Record<string, number> }[];
}
interface Row {
  _id: string;
  id: string;
  version: number;
  state: { facts: unknown[] };
  index: Record<string, unknown>;
  seen: { seq: number }[];
}

interface Parked {
  id: string;
  service: string;
  kind: string;
  key?: string;
}

const moon = trustedDistrict('moon');
const publishers = ['intake', 'student-voice', 'family-council', 'casework', 'roster'] as const;
const inputs = 120;

let district: District;
let acts: Acts;
let second: string;
let it_: string;
let leader: string;

beforeAll(async () => {
  district = await startDistrict();
  acts = actsIn(district);
  second = (await district.another('reporting')).url;
  it_ = await district.token('it');
  leader = await district.token('leader');
  await raiseAndAnswer(inputs);
  await atRest(inputs);
}, 240_000);
afterAll(() => district?.close(), 60_000);

/** Raises so many inputs, and answers every third. */
async function raiseAndAnswer(count: number): Promise<void> {
  const team = await acts.member('transport');
  for (let n = 0; n < count; n += 12) {
    const raised = await Promise.all(Array.from({ length: Math.min(12, count - n) }, () => acts.raise()));
    await Promise.all(
      raised.map(async ({ inputId }, i) => {
        if ((n + i) % 3 === 0) expectStatus(await acts.answerCase(inputId, team), 200);
      }),
    );
  }
}

const db = () => district.db('reporting');
const rows = () => db().collection<Row>('rows');
const rollUps = () => db().collection<{ _id: string; cells: object[] }>('rollups');

async function report(at = district.url): Promise<Report> {
  const path = '/api/reporting/closed-loop?org=00417&by=origin';
  const response = await fetch(`${at}${path}`, { headers: { authorization: leader } });
  if (!response.ok) throw new Error(`the report: ${response.status} ${await response.text()}`);
  return (await response.json()) as Report;
}

const counts = (of: Report): string =>
  JSON.stringify([of.total.counts, of.groups.map(({ key, counts: its }) => [key, its])]);

/** Everything known and recounted, and nothing changes any more. */
async function atRest(known: number): Promise<void> {
  let last = '';
  await eventually(
    async () => {
      const now = await stored('rows');
      const dirty = await rows().countDocuments({ 'index.dirty': true });
      const same = now.length >= known && dirty === 0 && now.join() === last;
      last = now.join();
      if (!same) await new Promise((resolve) => setTimeout(resolve, 500));
      return same;
    },
    `rest at ${known} rows`,
    60_000,
  );
}

/** Documents as they are stored, with types and the order of fields, but for the version, which counts writes. */
async function stored(collection: string): Promise<string[]> {
  const found = await db()
    .collection(collection)
    .find({}, { promoteValues: false })
    .sort({ _id: 1 })
    .toArray();
  return found.map(({ version: _, ...document }: Document) =>
    BSON.EJSON.stringify(document, { relaxed: false }),
  );
}

/** But for those in which nothing is counted. */
const sums = async (): Promise<string[]> =>
  (await stored('rollups')).filter((one) => !one.includes('"cells":[]'));

/** The roll-up of a day that no row was raised on. */
const stale = {
  _id: 'moon/raised/2020-01-01/00417-012',
  district: 'moon',
  id: 'raised/2020-01-01/00417-012',
  kind: 'raised',
  orgId: '00417-012',
  day: '2020-01-01',
  version: 3,
  cells: [{ origin: 'intake', role: 'family', topic: 'transport', hidden: false }],
};

async function begin(options: object = {}): Promise<Rebuild> {
  const body = { why: 'A test.', ...options };
  return expectStatus(
    await district.call<Rebuild>('POST', '/api/reporting/ops/rebuild', { auth: it_, body }),
    202,
  );
}

async function ended({ id }: Rebuild, milliseconds = 60_000): Promise<Rebuild> {
  return eventually(
    async () => {
      const reply = await district
        .call<Rebuild>('GET', `/api/reporting/ops/rebuilds/${id}`, { auth: it_ })
        .catch(() => undefined);
      return reply?.status === 200 && !reply.body.running && reply.body;
    },
    `the end of rebuild ${id}`,
    milliseconds,
  );
}

const rebuilt = async (options: object = {}): Promise<Rebuild> => ended(await begin(options));

async function copies(): Promise<string[]> {
  const found = await db()
    .listCollections({ name: /^rebuild\./ }, { nameOnly: true })
    .toArray();
  return found.map(({ name }) => name);
}

/** Breaks the live view in every way a rebuild must notice. */
async function damage(): Promise<{ different: number; behind: number; missing: number }> {
  const all = await rows().find().sort({ _id: 1 }).toArray();
  const ids = (from: number): string[] => all.slice(from, from + 10).map(({ _id }) => _id);
  await rows().deleteMany({ _id: { $in: ids(0) } });
  const elsewhere = { 'state.facts.0.orgId': '00417-033', 'index.orgId': '00417-033' };
  await rows().updateMany({ _id: { $in: ids(10) } }, { $set: elsewhere });
  const forgetful = { $pop: { seen: 1 as const }, $set: { 'state.facts': [] } };
  await rows().updateMany({ _id: { $in: ids(20) } }, forgetful);
  await rollUps().updateMany({}, { $set: { cells: [] } });
  await rollUps().replaceOne({ _id: stale._id }, stale, { upsert: true });
  return { different: 10, behind: 10, missing: 10 };
}

describe('from the topics', () => {
  it('serves the right report on every look while it runs and people go on speaking', async () => {
    const before = await report();
    const rebuild = await begin();
    expect(rebuild).toMatchObject({ state: 'reading', running: true });
    const another = { auth: it_, body: { why: 'Another.' } };
    expect((await district.call('POST', '/api/reporting/ops/rebuild', another)).status).toBe(409);
    let speaking = true;
    const speak = raiseAndAnswer(108).finally(() => (speaking = false));
    let running = true;
    const end = ended(rebuild, 120_000).finally(() => (running = false));
    let looks = 0;
    let last = before.total.counts['raised']!;
    const looking = (async () => {
      for (; speaking || running; looks += 1) {
        for (const at of [district.url, second]) {
          const { total, groups } = await report(at);
          const { raised, open, closed } = total.counts as { raised: number; open: number; closed: number };
          expect(raised).toBeGreaterThanOrEqual(before.total.counts['raised']!);
          expect(open + closed).toBe(raised);
          expect(groups.reduce((sum, { counts: its }) => sum + its['raised']!, 0)).toBe(raised);
          // Both read the same sums, so not even between them does it ever show fewer.
          if (raised < last) console.log(`${raised} after ${last} at ${at}: ${JSON.stringify(total.counts)}`);
          expect(raised).toBeGreaterThanOrEqual(last);
          last = raised;
        }
      }
    })();
    await Promise.all([speak, looking]);
    const after = await end;
    console.log(
      `Rebuilt while 108 spoke: ${JSON.stringify(after.documents)}, ${looks} looks at each report.`,
    );
    expect(after).toMatchObject({
      state: 'done',
      documents: { different: 0, behind: 0, missing: 0, ahead: 0, unknown: 0 },
    });
    expect(after.documents['same']).toBeGreaterThanOrEqual(inputs);
    await atRest(inputs + 108);
    expect((await report()).total.counts['raised']).toBe(before.total.counts['raised']! + 108);
    expect((await rebuilt({ check: true })).documents).toMatchObject({ different: 0, behind: 0, missing: 0 });
    await eventually(async () => (await copies()).length === 0, 'the copy to be dropped');
  }, 180_000);

  it('puts a damaged ledger right, byte for byte, and its roll-ups with it; a check only tells', async () => {
    const [sound, summed, shown] = [await stored('rows'), await sums(), counts(await report())];
    const wrong = await damage();
    const damaged = await stored('rows');
    const check = await rebuilt({ check: true });
    expect(check).toMatchObject({ state: 'differs', documents: wrong });
    expect(check.examples.length).toBe(30);
    expect(await stored('rows')).toEqual(damaged);

    const rebuild = await rebuilt();
    expect(rebuild).toMatchObject({ state: 'done', documents: wrong });
    await atRest(sound.length);
    expect(await stored('rows')).toEqual(sound);
    expect(await sums()).toEqual(summed);
    expect(counts(await report())).toBe(shown);
    expect(counts(await report(second))).toBe(shown);
  }, 120_000);

  it('leaves a discarded event discarded', async () => {
    const ghost = randomUUID();
    const at = new Date().toISOString();
    const described: HearbackEvent = {
      type: 'input.described',
      inputId: ghost,
      standings: [],
      groups: [],
      at,
    };
    await district.topics.publish('intake', moon, described);
    await district.topics.publishRaw('intake', ghost, JSON.stringify({ inputId: ghost }), {
      ce_id: `intake/moon/${ghost}/2`,
      ce_type: 'hearback.input.described.v1',
      ce_time: new Date().toISOString(),
      ce_district: 'moon',
      ce_publisher: 'intake',
      ce_key: ghost,
      ce_seq: '2',
    });
    await district.topics.publish('intake', moon, described, 3);
    const failed = await eventually(async () => {
      const { body } = await district.call<{ items: Parked[] }>('GET', '/api/ops/parked?limit=200', {
        auth: it_,
      });
      const its = body.items.filter((one) => one.key === ghost && one.service === 'reporting');
      return its.length === 2 && its.find(({ kind }) => kind === 'failed');
    }, 'the event to be parked');
    const held = await rebuilt({ check: true });
    expect(held).toMatchObject({ state: 'done', parked: 2 });
    const discard = `/api/ops/parked/reporting/${failed.id}/discard`;
    expectStatus(await district.call('POST', discard, { auth: it_, body: { why: 'A test.' } }), 200);
    const _id = `moon/${ghost}`;
    const known = async () => (await rows().findOne({ _id }))?.seen[0]?.seq === 3;
    await eventually(known, 'what came after it');
    expect(await rebuilt()).toMatchObject({
      state: 'done',
      documents: { different: 0, ahead: 0 },
      parked: 0,
    });
    await rows().deleteOne({ _id });
    expect(await rebuilt()).toMatchObject({ state: 'done', documents: { missing: 1 } });
    expect((await rows().findOne({ _id }))!.state.facts).toHaveLength(2);
    // For a minute it would keep the rebuilds that follow from putting this row right.
    const longAgo = new Date(Date.now() - 3_600_000);
    await db()
      .collection('parked')
      .updateMany({}, { $set: { 'discarded.at': longAgo } });
  }, 120_000);
});

describe('kill -9', () => {
  it('at any moment of it, of whichever instance works on it: the rebuild goes through, and nothing is harmed', async () => {
    await atRest(inputs);
    const [sound, shown] = [await stored('rows'), counts(await report())];
    const moments = [100, 350, 700];
    for (const moment of moments) {
      await damage();
      const rebuild = await begin();
      await new Promise((resolve) => setTimeout(resolve, moment));
      const { body } = await district.call<Rebuild>('GET', `/api/reporting/ops/rebuilds/${rebuild.id}`, {
        auth: it_,
      });
      await district.kill('reporting');
      const after = await ended(rebuild, 90_000);
      console.log(
        `Killed after ${moment} ms, ${body.state}; then ${after.state}: ${JSON.stringify(after.documents)}`,
      );
      expect(after).toMatchObject({ state: 'done', documents: { ahead: 0, unknown: 0 } });
      await atRest(sound.length);
      expect(await stored('rows')).toEqual(sound);
      await eventually(async () => counts(await report()) === shown, 'the same report');
      expect(counts(await report(second))).toBe(shown);
      await eventually(async () => (await copies()).length === 0, 'the copy to be dropped');
    }
  }, 300_000);
});

describe('from the owners', () => {
  it('makes a lost ledger again when the topics are empty', async () => {
    const sound = (await stored('rows')).filter((one) => one.includes('"input.raised"'));
    const shown = counts(await report());
    const casework = await district.db('casework').collection('cases').find().sort({ _id: 1 }).toArray();
    for (const publisher of publishers) await district.topics.empty(publisher);
    await rows().deleteMany({});
    await rollUps().deleteMany({});
    await db().collection('organisations').deleteMany({});

    const rebuild = await rebuilt();
    expect(rebuild).toMatchObject({ state: 'done' });
    // The others' topics never held anything.
    const asked = ['intake', 'casework', 'roster'].map((publisher) => [publisher, true]);
    expect(rebuild.owners.map(({ publisher, done }) => [publisher, done])).toEqual(asked);
    console.log(`From the owners: ${JSON.stringify(rebuild.owners)} ${JSON.stringify(rebuild.documents)}`);
    await atRest(sound.length);
    expect(await stored('rows')).toEqual(sound);
    expect(counts(await report())).toBe(shown);
    expect(counts(await report(second))).toBe(shown);
    // Everyone else knew these events.
    expect(await district.db('casework').collection('cases').find().sort({ _id: 1 }).toArray()).toEqual(
      casework,
    );
  }, 120_000);

  it('leaves what no owner knows, names it, and removes it when told to', async () => {
    const ghost = `moon/${randomUUID()}`;
    const one = (await rows().findOne({}))!;
    await rows().insertOne({ ...one, _id: ghost, id: ghost.slice(5) });
    const left = await rebuilt({ fromOwners: true });
    expect(left).toMatchObject({ state: 'differs', documents: { unknown: 1 } });
    expect(left.examples).toEqual([{ store: 'rows', id: ghost.slice(5), verdict: 'unknown' }]);
    expect(left.reason).toContain('remove');
    expect(await rows().countDocuments({ _id: ghost })).toBe(1);
    expect(await rebuilt({ remove: true })).toMatchObject({ state: 'done', documents: { removed: 1 } });
    expect(await rows().countDocuments({ _id: ghost })).toBe(0);
  }, 120_000);

  it('makes the copy of the organisations again, in every service that keeps one', async () => {
    for (const service of ['intake', 'student-voice', 'family-council', 'casework']) {
      const organisations = district.db(service).collection<Row>('organisations');
      const sound = await organisations
        .find({}, { projection: { version: 0 } })
        .sort({ _id: 1 })
        .toArray();
      expect(sound.length).toBeGreaterThan(3);
      await organisations.deleteOne({ _id: sound[0]!._id });
      await organisations.updateOne({ _id: sound[1]!._id }, { $set: { 'state.name': 'Wrong' } });
      const path = `/api/${service}/ops/rebuild`;
      const { id } = expectStatus(
        await district.call<Rebuild>('POST', path, { auth: it_, body: { why: 'A test.' } }),
        202,
      );
      const end = await eventually(async () => {
        const { body } = await district.call<Rebuild>('GET', `/api/${service}/ops/rebuilds/${id}`, {
          auth: it_,
        });
        return !body.running && body;
      }, `the rebuild of ${service}`);
      // Its own consumer makes the missing one again when the owner sends it, so it may be there before the copy is.
      expect(end).toMatchObject({ state: 'done', documents: { different: 1 } });
      expect(
        await organisations
          .find({}, { projection: { version: 0 } })
          .sort({ _id: 1 })
          .toArray(),
      ).toEqual(sound);
    }
  }, 120_000);
});

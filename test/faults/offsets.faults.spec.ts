import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HearbackEvent } from '#contracts';
import { trustedDistrict } from '#platform';
import { eventually, run, startDistrict } from '#testing';
import type { District } from '#testing';
import { actsIn, expectStatus } from '../e2e/acts.js';
import type { Acts } from '../e2e/acts.js';

const consumers = ['intake', 'student-voice', 'family-council', 'casework', 'reporting', 'roster'] as const;
const moon = trustedDistrict('moon');

let district: District;
let acts: Acts;
let it_: string;

beforeAll(async () => {
  district = await startDistrict();
  acts = actsIn(district);
  it_ = await district.token('it');
}, 150_000);
afterAll(() => district?.close(), 60_000);

/** Every document of every service as it is stored, but for leases, which are hints and change by themselves. */
async function everything(): Promise<string[]> {
  const all: string[] = [];
  for (const db of await district.databases()) {
    for (const { name } of await db.listCollections().toArray()) {
      if (name === 'leases') continue;
      const documents = await db.collection(name).find().sort({ _id: 1 }).toArray();
      all.push(
        ...documents.map(
          (one) => `${db.databaseName.split('-').slice(1).join('-')} ${name} ${JSON.stringify(one)}`,
        ),
      );
    }
  }
  return all;
}

/** Until nothing changes any more for half a second. */
async function settled(): Promise<string[]> {
  let last: string[] = [];
  return eventually(async () => {
    const now = await everything();
    const same = now.join('\n') === last.join('\n');
    last = now;
    if (same) return now;
    await new Promise((resolve) => setTimeout(resolve, 700));
    return undefined;
  }, 'rest');
}

/** The report as text, but for what the clock alone changes: when it was made, and the age of open loops. */
const report = async (): Promise<string> => {
  const auth = await district.token('leader');
  const path = '/api/reporting/closed-loop?org=00417&by=origin';
  const { body } = await district.call('GET', path, { auth });
  return JSON.stringify(
    body,
    (name, value: unknown) => (['asOf', 'age'].includes(name) ? undefined : value),
    1,
  );
};

describe('group offsets deleted', () => {
  beforeAll(async () => {
    await run(['deploy/demo/demo.mjs', '--json'], district.env);
    const { inputId, auth } = await acts.raise();
    const team = await acts.member('transport');
    expectStatus(await acts.answerCase(inputId, team), 200);
    await acts.arrive('delivered', () => acts.receipt(auth));
    expectStatus(await acts.onReceipt(auth, 'dispute', { answerNo: 1, reason: 'It is still full.' }), 200);
    expectStatus(await acts.onReceipt(auth, 'messages', { text: 'Every day.', language: 'en' }), 201);
  }, 120_000);

  it('everything is replayed from the beginning, and every document is byte for byte the same', async () => {
    const before = await settled();
    const sums = await report();
    const messages = (await district.topics.readAll()).length;
    const mails = await mailCount();
    const committed = new Map<string, Map<string, bigint>>();
    await Promise.all(consumers.map((name) => district.stop(name)));
    for (const name of consumers) {
      committed.set(name, await district.topics.committed(name));
      await district.topics.deleteGroup(name);
      expect([...(await district.topics.committed(name)).values()].every((offset) => offset < 0n)).toBe(true);
    }
    await Promise.all(consumers.map((name) => district.start(name)));
    for (const name of consumers) await caughtUp(name, committed.get(name)!);
    const replayed = [...committed.values()].flatMap((offsets) => [...offsets.values()]);
    const events = replayed.reduce((sum, offset) => sum + Number(offset > 0n ? offset : 0n), 0);
    const after = await settled();
    expect(after).toEqual(before);
    expect(await report()).toEqual(sums);
    expect((await district.topics.readAll()).length).toBe(messages);
    expect(await mailCount()).toBe(mails);
    console.log(
      `Offsets deleted: ${events} messages read again by ${consumers.length} services; ${after.length} documents unchanged.`,
    );
    expect(events).toBeGreaterThan(50);
  }, 120_000);

  it('a ledger that is lost altogether is made again from the topics alone', async () => {
    const sums = await report();
    const committed = await district.topics.committed('reporting');
    await district.stop('reporting');
    await district.db('reporting').dropDatabase();
    await district.topics.deleteGroup('reporting');
    await district.start('reporting');
    await caughtUp('reporting', committed);
    await eventually(async () => (await report()) === sums, 'the same report').catch(async () =>
      expect(await report()).toEqual(sums),
    );
  }, 60_000);
});

async function caughtUp(name: string, wanted: Map<string, bigint>): Promise<void> {
  await eventually(
    async () => {
      const now = await district.topics.committed(name);
      return [...wanted].every(([place, offset]) => (now.get(place) ?? -1n) >= offset);
    },
    `${name} to have read everything again`,
    60_000,
  );
}

async function mailCount(): Promise<number> {
  const { items } = (await (await fetch(`${district.mailbox}/api/mails`)).json()) as { items: unknown[] };
  return items.length;
}

interface Parked {
  id: string;
  service: string;
  kind: string;
  type?: string;
  key?: string;
  seq?: number;
  reason: string;
}

describe('what cannot be read or applied', () => {
  const parked = async (key?: string): Promise<Parked[]> => {
    const { body } = await district.call<{ items: Parked[] }>('GET', '/api/ops/parked?limit=200', {
      auth: it_,
    });
    return body.items.filter(({ key: its, kind }) => kind !== 'discarded' && (!key || its === key));
  };
  const decide = (one: Parked, decision: 'replay' | 'discard') =>
    district.call<{ stillWaiting?: number }>('POST', `/api/ops/parked/${one.service}/${one.id}/${decision}`, {
      auth: it_,
      body: { why: 'A test.' },
    });
  /** A message with an envelope as it should be, but for what the test says. */
  const envelope = (type: string, key: string, seq: number) => ({
    ce_specversion: '1.0',
    ce_id: `intake/moon/${key}/${seq}`,
    ce_source: '/hearback/intake',
    ce_type: type,
    ce_time: new Date().toISOString(),
    ce_subject: key,
    ce_district: 'moon',
    ce_publisher: 'intake',
    ce_key: key,
    ce_seq: String(seq),
  });
  const ghost = randomUUID();
  const answered = (seq: number): HearbackEvent => ({
    type: 'case.answered',
    inputId: ghost,
    origin: 'intake',
    caseId: ghost,
    teamId: 'transport',
    answerNo: seq,
    outcome: 'done',
    participation: 'consult',
    language: 'en',
    by: 'tariq',
    at: new Date().toISOString(),
    sealed: 'a..b.c.d',
  });

  it('is parked and listed while a hundred people speak, and every one of them is routed, told and counted', async () => {
    const people = 100;
    const before = await district
      .db('reporting')
      .collection('rows')
      .countDocuments({ 'state.facts.0': { $exists: true } });
    const { topics } = district;
    const poison = async () => {
      await topics.publishRaw('intake', 'bytes', Buffer.from([0xff, 0xfe, 0x00, 0x7b]));
      await topics.publishRaw(
        'casework',
        'bytes',
        'not json',
        envelope('hearback.case.routed.v1', 'bytes', 1),
      );
      await topics.publishRaw(
        'intake',
        'sung',
        '{"inputId":"sung"}',
        envelope('hearback.input.sung.v1', 'sung', 1),
      );
      await topics.publishRaw(
        'intake',
        'later',
        '{"inputId":"later"}',
        envelope('hearback.input.raised.v9', 'later', 1),
      );
      await topics.publishRaw(
        'intake',
        'hollow',
        '{"inputId":"hollow"}',
        envelope('hearback.input.raised.v1', 'hollow', 1),
      );
      await topics.publish('casework', moon, answered(1));
      await topics.publish('casework', moon, answered(2));
    };
    const raising = Array.from({ length: people }, () => acts.raise());
    await poison();
    const raised = await Promise.all(raising);
    await Promise.all(raised.map(({ auth }) => acts.arrive('routed', () => acts.receipt(auth))));
    await eventually(
      async () =>
        (await district
          .db('reporting')
          .collection('rows')
          .countDocuments({ 'state.facts.0': { $exists: true } })) >=
        before + people,
      'all of them in the ledger',
    );
    const seen = await eventually(async () => {
      const all = await parked();
      return all.length >= 10 && all;
    }, 'everything to be parked');
    const told = seen.map(({ service, kind, type, key }) =>
      [service, kind, type, key].filter(Boolean).join(' '),
    );
    expect(told).toEqual(
      expect.arrayContaining([
        'casework unreadable',
        'reporting unreadable',
        'intake unreadable',
        'casework failed input.sung sung',
        'reporting failed input.sung sung',
        'casework failed input.raised later',
        'casework failed input.raised hollow',
        'reporting failed input.raised hollow',
        `intake failed case.answered ${ghost}`,
        `intake behind case.answered ${ghost}`,
      ]),
    );
    expect(seen.every(({ reason }) => reason.length > 5)).toBe(true);
    expect((await fetch(`${district.url}/health/ready`)).status).toBe(200);
  }, 60_000);

  it('is replayed by a person, in vain while the cause is there', async () => {
    const failed = (await parked(ghost)).find(({ kind }) => kind === 'failed')!;
    const reply = await decide(failed, 'replay');
    expectStatus(reply, 200);
    expect(reply.body.stillWaiting).toBe(2);
    expect(await parked(ghost)).toHaveLength(2);
  });

  it('is discarded by a person with a reason, and the next of its key is tried', async () => {
    const [first, second] = (await parked(ghost)).toSorted((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
    expectStatus(await decide(first!, 'discard'), 200);
    expectStatus(await decide(second!, 'discard'), 200);
    expect(await parked(ghost)).toEqual([]);
    const kept = await district.db('intake').collection('parked').find({ key: ghost }).toArray();
    expect(kept.map(({ discarded }) => (discarded as { why: string }).why)).toEqual(['A test.', 'A test.']);
  });

  it('of a type that is not known: discarded, it no longer holds what comes after it', async () => {
    for (const service of ['casework', 'reporting']) {
      const one = (await parked('sung')).find((item) => item.service === service)!;
      expectStatus(await decide(one, 'discard'), 200);
    }
    // Of 'sung' they now know nothing but that; whoever lists inputs must not stumble over it.
    expectStatus(await district.call('GET', '/api/ops/reconciliation', { auth: it_ }), 200);
    await district.topics.publish('intake', moon, described('sung'), 2);
    await eventually(async () => {
      const row = await district.db('reporting').collection('rows').findOne({ id: 'sung' });
      return (row?.['seen'] as { seq: number }[] | undefined)?.some(({ seq }) => seq === 2);
    }, 'what came after it');
    expect(await parked('sung')).toEqual([]);
  });

  it('is never discarded where a person would go unheard: an input.raised is 409', async () => {
    const one = (await parked('hollow')).find(({ service }) => service === 'casework')!;
    expect((await decide(one, 'discard')).status).toBe(409);
    expect(await parked('hollow')).toHaveLength(2);
  });
});

function described(inputId: string): HearbackEvent {
  return { type: 'input.described', inputId, standings: [], groups: [], at: new Date().toISOString() };
}

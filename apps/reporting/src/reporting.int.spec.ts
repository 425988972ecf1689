import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HearbackEvent } from '#contracts';
import { trustedDistrict } from '#platform';
import { eventually, realStack } from '#testing';
import type { RunningService, Stack } from '#testing';
import type { KnownCounts, KnownInputs } from './ops/inputs.js';
import type { ClosedLoopReport } from './report/closed-loop.js';
import type { LoopTrace } from './report/loop-trace.js';
import { factOf } from './ledger/facts.js';
import { RowStore } from './ledger/row.store.js';
import { at, casework, confirmed, delivered, raised } from './reporting.int.events.js';
import { ReportingModule } from './reporting.module.js';
import { Recount } from './rollups/recount.js';
import { RollUpStore } from './rollups/rollup.store.js';

const leader = { roles: ['leader'], orgs: ['00417'] };
const schoolLeader = { roles: ['leader'], orgs: ['00417-012'] };
const it_ = { roles: ['it'] };
const october = 'from=2026-10-01&to=2026-11-01';

let stack: Stack;
let first: RunningService;
let second: RunningService;

async function publishAll(
  publisher: 'intake' | 'casework' | 'roster',
  events: HearbackEvent[],
): Promise<void> {
  for (const event of events) await stack.publish(publisher, 'moon', event);
}

function report(query: string, as: { roles: string[]; orgs?: string[] } = leader) {
  return first.call<ClosedLoopReport>('GET', `/api/reporting/closed-loop?${query}`, { as });
}

/** Everything that was published is in the ledger, and every roll-up is recounted. */
async function settled(known: number): Promise<void> {
  await eventually(async () => {
    const { body } = await first.call<KnownCounts>('GET', '/api/reporting/ops/counts', { as: it_ });
    return body.known >= known && body.dirty === 0;
  }, `a ledger of ${known}`);
}

beforeAll(async () => {
  stack = await realStack();
  first = await stack.service(ReportingModule, 'reporting');
  second = await stack.service(ReportingModule, 'reporting');
  const org = (
    orgId: string,
    name: string,
    level: 'district' | 'school',
    parentId?: string,
  ): HearbackEvent => ({
    type: 'org.changed',
    orgId,
    name,
    level,
    active: true,
    at: at(-60),
    ...(parentId && { parentId }),
  });
  await publishAll('roster', [
    org('00417', 'Moon Unified School District', 'district'),
    org('00417-012', 'Phobos Elementary School', 'school', '00417'),
    org('00417-033', 'Deimos Middle School', 'school', '00417'),
  ]);

  // Casework overtakes the origin here, and the origin's whole log comes before casework's there.
  await publishAll('casework', casework('input-1'));
  await publishAll('intake', [raised('input-1'), delivered('input-1'), confirmed('input-1')]);
  await publishAll('intake', [
    raised('input-2', { orgId: '00417-033', kind: 'praise' }),
    delivered('input-2'),
  ]);
  await publishAll('casework', casework('input-2'));
  await publishAll('intake', [raised('input-3', { role: 'family', notSeenBy: ['school'] })]);
  await publishAll('intake', [raised('input-4', { lane: 'restricted' })]);
  await publishAll('casework', casework('input-3').slice(0, 1));
  // Said again, as after a lost mark.
  await stack.publish('intake', 'moon', confirmed('input-1'), 3);
  await settled(4);
}, 120_000);

afterAll(async () => stack?.close(), 60_000);

describe('reporting, on real engines', () => {
  it('reports an organisation and all below it, from events alone', async () => {
    const { status, body } = await report(`org=00417&by=org&${october}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      org: '00417',
      orgName: 'Moon Unified School District',
      from: '2026-10-01',
      to: '2026-11-01',
    });
    expect(body.total.counts).toMatchObject({
      raised: 3,
      confirmed: 1,
      delivered: 1,
      routed: 1,
      open: 1,
      closed: 2,
    });
    expect(body.total.times.acknowledgement).toEqual({ n: 2, median: 600, p90: 600 });
    expect(body.total.times.answer).toEqual({ n: 2, median: 1800, p90: 1800 });
    expect(body.total.rates).toMatchObject({
      verifiedClosure: { n: 1, of: 1, rate: 1 },
      delivered: { n: 2, of: 2 },
      withinTarget: { n: 4, of: 6, steps: { acknowledge: { n: 2, of: 3 }, answer: { n: 2, of: 3 } } },
    });
    expect(body.groups.map(({ key, counts }) => [key, counts?.raised])).toEqual([
      ['00417', 0],
      ['00417-012', 2],
      ['00417-033', 1],
    ]);
  });

  it('does not count for a school what its originator wants unseen by the school', async () => {
    const { body } = await report(`org=00417-012&by=month&${october}`, schoolLeader);
    expect(body.total.counts).toMatchObject({ raised: 1, confirmed: 1 });
  });

  it('suppresses small cells by role, and only there', async () => {
    const byRole = (await report(`org=00417&by=role&${october}`)).body.groups;
    expect(byRole.every((group) => group.suppressed && group.minimum === 10 && !group.counts)).toBe(true);
    for (const by of ['org', 'month', 'origin', 'topic']) {
      expect(
        (await report(`org=00417&by=${by}&${october}`)).body.groups.some((group) => group.suppressed),
      ).toBe(false);
    }
  });

  it('refuses what is not asked properly, naming the field', async () => {
    const field = async (query: string) => {
      const { status, body } = await report(query);
      return [status, (body as unknown as { errors?: { field: string }[] }).errors?.[0]?.field];
    };
    expect(await field('org=00999')).toEqual([422, 'org']);
    expect(await field('org=00417&by=language')).toEqual([422, 'by']);
    expect(await field('org=00417&from=2026-02-30')).toEqual([422, 'from']);
    expect(await field('org=00417&from=2026-03-02&to=2026-03-01')).toEqual([422, 'from']);
    expect(await field('org=00417&role=student')).toEqual([422, 'role']);
    expect(await field('org[$ne]=1')).toEqual([422, expect.stringContaining('org')]);
  });

  it('keeps to the scope of who asks', async () => {
    expect((await report('org=00417', schoolLeader)).status).toBe(403);
    expect((await report('org=00417-033', schoolLeader)).status).toBe(403);
    expect((await report('org=00417', { roles: ['member'], orgs: ['00417'] })).status).toBe(403);
    expect((await first.call('GET', '/api/reporting/closed-loop?org=00417')).status).toBe(401);
    const abroad = { ...leader, district: 'mars' };
    expect((await first.call('GET', '/api/reporting/closed-loop?org=00417', { as: abroad })).status).toBe(
      422,
    );
    expect((await first.call('GET', '/api/reporting/loops/input-1', { as: abroad })).status).toBe(404);
  });

  it('traces a loop hop by hop, and says nothing of who spoke', async () => {
    const { status, body } = await first.call<LoopTrace>('GET', '/api/reporting/loops/input-1', {
      as: leader,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      state: 'confirmed',
      open: false,
      teamId: 'transport',
      orgName: 'Phobos Elementary School',
    });
    expect(body.hops.map((hop) => [hop.event, hop.sinceRaisedSeconds])).toEqual([
      ['input.raised', 0],
      ['case.routed', 60],
      ['case.acknowledged', 600],
      ['case.answered', 1800],
      ['answer.delivered', 2400],
      ['closure.confirmed', 3000],
    ]);
    expect(JSON.stringify(body)).not.toMatch(/student|person-1|language|role|standing/);
    const status_ = async (path: string, as: object) =>
      (await first.call('GET', `/api/reporting/loops/${path}`, { as: as as never })).status;
    expect(await status_('input-1', { roles: ['member'], teams: ['transport'] })).toBe(200);
    expect(await status_('input-1', { roles: ['member'], teams: ['nutrition'] })).toBe(403);
    expect(await status_('input-3', schoolLeader)).toBe(404);
    expect(await status_('input-4', leader)).toBe(404);
    expect(await status_('input-9', leader)).toBe(404);
  });

  it('lists for the reconciliation every input that it knows, restricted ones too', async () => {
    const page = await first.call<KnownInputs>('GET', '/api/reporting/ops/inputs?limit=3', { as: it_ });
    expect(page.body.items.map((item) => [item.inputId, item.open])).toEqual([
      ['input-1', false],
      ['input-2', false],
      ['input-3', true],
    ]);
    const rest = await first.call<KnownInputs>('GET', `/api/reporting/ops/inputs?after=${page.body.next}`, {
      as: it_,
    });
    expect(rest.body).toEqual({
      items: [
        {
          ...{ inputId: 'input-4', state: 'raised', open: true, acceptedAt: at(0) },
          ...{ written: 0, taken: [{ publisher: 'intake', seq: 1 }] },
        },
      ],
    });
  });

  it('takes a loop out of every report when it is restricted later', async () => {
    await stack.publish('intake', 'moon', { type: 'input.restricted', inputId: 'input-2', at: at(60) });
    await eventually(
      async () => (await report(`org=00417&${october}`)).body.total.counts.raised === 2,
      'the recount',
    );
  });

  it('recounts right with two instances at work on the same roll-ups', async () => {
    const ids = Array.from({ length: 120 }, (_, i) => `many-${i}`);
    const publish = (publisher: 'intake' | 'casework', events: (id: string) => HearbackEvent[]) =>
      Promise.all(ids.map((id) => publishAll(publisher, events(id))));
    await Promise.all([
      publish('intake', (id) => [raised(id, { topic: 'meals' }), delivered(id)]),
      publish('casework', casework),
    ]);
    await settled(124);
    const { body } = await report(`org=00417&by=topic&${october}`);
    const meals = body.groups.find((group) => group.key === 'meals');
    expect(meals?.counts).toMatchObject({ raised: 120, delivered: 120 });
    expect(meals?.times?.answer).toEqual({ n: 120, median: 1800, p90: 1800 });
    expect(second.url).not.toBe(first.url);
  }, 60_000);

  describe('a recount that is overtaken', () => {
    // A district that no instance looks after, so that only these passes recount it.
    const pluto = trustedDistrict('pluto');
    const october2026 = { from: '2026-10-01', to: '2026-11-01' };
    const parts = () => {
      const get = <T>(type: new (...of: never[]) => T): T => first.app.get<T>(type, { strict: false });
      return { rows: get(RowStore), rollUps: get(RollUpStore), recount: get(Recount) };
    };
    const learned = (event: ReturnType<typeof raised>, seq: number) => [
      { type: 'learned' as const, fact: factOf(event as Parameters<typeof factOf>[0], 'intake', seq) },
    ];
    const count = async (): Promise<object | undefined> => {
      const [rollUp] = await parts().rollUps.find(pluto, 'raised', ['00417-012'], october2026);
      return rollUp?.cells[0]?.raised?.states;
    };

    it('by another recounter: leaves the row dirty, and counts again', async () => {
      const { rows, rollUps, recount } = parts();
      await rows.create(pluto, 'input-1', learned(raised('input-1'), 1));
      const honest = rollUps.put.bind(rollUps);
      rollUps.put = async (district, all, versions) => {
        const others = all.map((rollUp) => ({ ...rollUp, cells: [] }));
        await honest(district, others, versions);
        return honest(district, all, versions);
      };
      await recount.pass(pluto);
      rollUps.put = honest;
      expect(await Array.fromAsync(rows.dirty(pluto, 10))).toHaveLength(1);
      await recount.pass(pluto);
      expect(await Array.fromAsync(rows.dirty(pluto, 10))).toHaveLength(0);
      expect(await count()).toEqual({ raised: 1 });
    });

    it('by a new fact of the row: leaves it dirty, and counts again', async () => {
      const { rows, recount } = parts();
      await rows.change(pluto, 'input-1', () => learned(delivered('input-1'), 2));
      const honest = rows.shares.bind(rows);
      rows.shares = async (...asked) => {
        const shares = await honest(...asked);
        await rows.change(pluto, 'input-1', () => learned(confirmed('input-1'), 3));
        return shares;
      };
      await recount.pass(pluto);
      rows.shares = honest;
      expect(await count()).toEqual({ delivered: 1 });
      expect(await Array.fromAsync(rows.dirty(pluto, 10))).toHaveLength(1);
      await recount.pass(pluto);
      expect(await count()).toEqual({ confirmed: 1 });
    });
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { OrgChanged, publishers } from '#contracts';
import { trustedDistrict } from '#platform';
import { eventually, realStack } from '#testing';
import type { RunningService, Stack } from '#testing';
import { AggregateStore, Consumer, Messaging, MessagingModule, On } from '../index.js';
import type { ReplayProgress } from './replay.controller.js';

/** Notes the names an organisation has had; while `broken`, it cannot note those that begin with "poison". */
let broken = true;

@Injectable()
class NamesStore extends AggregateStore<{ names: string[] }, { type: 'noted'; name: string }> {
  constructor(messaging: Messaging) {
    super(messaging, {
      name: 'names',
      evolve: (state, { name }) => ({ names: [...(state?.names ?? []), name] }),
    });
  }
}

@Consumer()
class NoteNames {
  @On(OrgChanged)
  note({ name }: OrgChanged): { type: 'noted'; name: string }[] {
    if (broken && name.startsWith('poison')) throw new Error('this name cannot be noted');
    return [{ type: 'noted', name }];
  }
}

@Module({
  imports: [
    MessagingModule.forService({
      service: 'reporting',
      stores: [NamesStore],
      reads: { orgId: NamesStore },
      topics: ['roster'],
    }),
  ],
  controllers: [NoteNames],
})
class NamesModule {}

const moon = trustedDistrict('moon');
const it_ = { roles: ['it'], sub: 'ivo' };

function named(orgId: string, name: string): OrgChanged {
  return { type: 'org.changed', orgId, name, level: 'school', active: true, at: new Date().toISOString() };
}

describe('a replay in bulk', () => {
  let stack: Stack;
  let service: RunningService;

  const namesOf = async (orgId: string) =>
    (await service.app.get(NamesStore, { strict: false }).load(moon, orgId))?.state.names ?? [];
  const parked = () => stack.db('reporting').collection('parked');
  const order = (body: object, as = it_) =>
    service.call<ReplayProgress>('POST', '/api/reporting/ops/parked/replay', {
      as,
      body: { replayId: randomUUID(), why: 'the rule was mended', ...body },
    });
  const progress = async (replayId: string) =>
    (await service.call<ReplayProgress>('GET', `/api/reporting/ops/parked/replays/${replayId}`, { as: it_ }))
      .body;
  const done = (replayId: string) =>
    eventually(
      async () => {
        const now = await progress(replayId);
        return now.state === 'done' && now;
      },
      'the end of the replay',
      60_000,
    );
  /** Publishes one event that fails, and `behind` after it, for each of so many organisations. */
  async function park(prefix: string, keys: number, behind = 1): Promise<void> {
    broken = true;
    for (let from = 0; from < keys; from += 100) {
      const batch = Array.from({ length: Math.min(100, keys - from) }, (_, i) => `${prefix}-${from + i}`);
      await Promise.all(
        batch.map(async (orgId) => {
          await stack.publish('roster', 'moon', named(orgId, 'poison'));
          for (let n = 1; n <= behind; n += 1) await stack.publish('roster', 'moon', named(orgId, `${n}`));
        }),
      );
    }
    const key = { $regex: `^${prefix}-` };
    await eventually(
      async () => (await parked().countDocuments({ key })) === keys * (1 + behind),
      'all parked',
      90_000,
    );
    // The timed retries would take part; here the replay is alone, as it is when hours have passed.
    await parked().updateMany({ key }, { $set: { nextTryAt: new Date(Date.now() + 3_600_000), tries: 0 } });
  }

  beforeAll(async () => {
    stack = await realStack();
    service = await stack.service(NamesModule, 'reporting');
  }, 60_000);
  afterAll(() => stack.close());
  beforeEach(async () => {
    await parked().deleteMany({});
  });

  it('releases a thousand keys with what waits behind them, in order, while a hundred others flow', async () => {
    const keys = 1_000;
    await park('many', keys);
    broken = false;
    const began = await order({});
    expect([began.status, began.body.state]).toEqual([202, 'running']);
    const { replayId, total } = began.body;
    // A timed retry that was under way may have released one before.
    expect(total).toBeGreaterThan(2 * keys - 20);
    const seen: ReplayProgress[] = [];
    const watching = eventually(
      async () => {
        seen.push(await progress(replayId));
        return seen.at(-1)!.state === 'done';
      },
      'the end of the replay',
      60_000,
    );
    const others = Array.from({ length: 100 }, (_, i) => `beside-${i}`);
    await Promise.all(others.map((orgId) => stack.publish('roster', 'moon', named(orgId, 'flows'))));
    await eventually(async () => (await namesOf('beside-99')).length === 1, 'the others');
    const whenOthersFlowed = await progress(replayId);
    await watching;
    for (const orgId of others) expect(await namesOf(orgId)).toEqual(['flows']);
    // It was at work while the others flowed, and told how far it was.
    expect(whenOthersFlowed.state).toBe('running');
    const partly = seen.filter((one) => one.done > 0 && one.done < total);
    expect(partly.length).toBeGreaterThan(2);
    expect(partly.map((one) => one.done)).toEqual(partly.map((one) => one.done).toSorted((a, b) => a - b));
    expect(seen.at(-1)).toMatchObject({ done: total, stillWaiting: 0, by: 'ivo' });
    expect(await parked().countDocuments({})).toBe(0);
    for (let i = 0; i < keys; i += 1) expect(await namesOf(`many-${i}`)).toEqual(['poison', '1']);
  }, 180_000);

  it('in vain says how many still wait, tries each key once, and goes past those that fail', async () => {
    await park('vain', 30, 2);
    await park('after', 1);
    await parked().updateMany(
      { key: 'after-0', kind: 'failed' },
      { $set: { parkedAt: new Date(Date.now() + 1) } },
    );
    const { body } = await order({});
    const end = await done(body.replayId);
    expect(end).toMatchObject({ total: 92, done: 92, stillWaiting: 92 });
    const failed = await parked().find({ kind: 'failed' }).toArray();
    expect(failed).toHaveLength(31);
    // Parked at first sight with no try counted; one more by this replay.
    expect(new Set(failed.map(({ tries }) => tries as number))).toEqual(new Set([1]));
    broken = false;
    const again = await order({});
    expect(await done(again.body.replayId)).toMatchObject({ total: 92, stillWaiting: 0 });
    expect(await namesOf('vain-29')).toEqual(['poison', '1', '2']);
  }, 90_000);

  it('leaves alone what is parked after it began, and keys where nothing of its type waits', async () => {
    await park('typed', 2);
    broken = false;
    const other = await order({ type: 'org.exploded' });
    expect(other.body).toMatchObject({ state: 'done', total: 0, type: 'org.exploded' });
    expect(await parked().countDocuments({})).toBe(4);
    await parked().updateMany({ key: 'typed-1' }, { $set: { parkedAt: new Date(Date.now() + 60_000) } });
    const mine = await order({ type: 'org.changed' });
    expect(await done(mine.body.replayId)).toMatchObject({ total: 2, stillWaiting: 0 });
    expect(await namesOf('typed-0')).toEqual(['poison', '1']);
    expect(await parked().countDocuments({ key: 'typed-1' })).toBe(2);
  }, 60_000);

  it('goes on where it was when its instance stops and another starts', async () => {
    await park('resumed', 400);
    // Slow to fail again: three tries each.
    const { body } = await order({});
    await eventually(async () => (await progress(body.replayId)).done >= 400, 'the first page');
    await service.close();
    const at = await stack.db('reporting').collection('parked').countDocuments({ replay: body.replayId });
    expect(at).toBeGreaterThan(0);
    expect(at).toBeLessThan(800);
    service = await stack.service(NamesModule, 'reporting');
    expect(await done(body.replayId)).toMatchObject({ total: 800, done: 800, stillWaiting: 800 });
    const tries = await parked().distinct('tries', { kind: 'failed' });
    // Nobody was tried again from the beginning: at most the page that was in hand was tried twice.
    expect(await parked().countDocuments({ kind: 'failed', tries: { $gt: 1 } })).toBeLessThanOrEqual(200);
    expect(Math.max(...(tries as number[]))).toBeLessThanOrEqual(2);
  }, 180_000);

  it('reads bytes again that an earlier build could not read, and keeps the rest with the reason', async () => {
    const headers = (publisher: string, key: string, seq: number) => ({
      ce_id: `${publisher}/moon/${key}/${seq}`,
      ce_type: 'hearback.org.changed.v1',
      ce_publisher: publisher,
      ce_district: 'moon',
      ce_key: key,
      ce_seq: String(seq),
      ce_time: new Date().toISOString(),
    });
    const { type: _, ...library } = named('library-1', 'of a publisher of a later build');
    await stack.publishRaw('roster', 'x', JSON.stringify(library), headers('library', 'library-1', 1));
    await stack.publishRaw('roster', 'y', Buffer.from([0xff, 0x00, 0x7b]));
    await eventually(
      async () => (await parked().countDocuments({ kind: 'unreadable' })) === 2,
      'both parked',
    );
    const inVain = await order({});
    expect(await done(inVain.body.replayId)).toMatchObject({ total: 2, stillWaiting: 2 });
    // The later build.
    (publishers as unknown as string[]).push('library');
    try {
      const { body } = await order({});
      expect(await done(body.replayId)).toMatchObject({ total: 2, done: 2, stillWaiting: 1 });
      expect(await namesOf('library-1')).toEqual(['of a publisher of a later build']);
      const [left] = await parked().find({}).toArray();
      expect(left).toMatchObject({ kind: 'unreadable', tries: 2 });
      expect(left!['reason']).toContain('ce_publisher is missing');
      // One by one, too.
      const id = Buffer.from(String(left!._id)).toString('base64url');
      const one = await service.call('POST', `/api/reporting/ops/parked/${id}/replay`, {
        as: it_,
        body: { why: 'just this one' },
      });
      expect(one.body['stillWaiting']).toBe(1);
    } finally {
      (publishers as unknown as string[]).pop();
    }
  }, 60_000);

  it('keeps bytes that became an event of an unknown type in its count, and in its key’s order', async () => {
    const headers = (publisher: string, type: string, seq: number) => ({
      ce_id: `${publisher}/moon/z/${seq}`,
      ce_type: `hearback.${type}.v1`,
      ce_publisher: publisher,
      ce_district: 'moon',
      ce_key: 'z',
      ce_seq: String(seq),
      ce_time: new Date().toISOString(),
    });
    await stack.publishRaw('roster', 'z', '{"orgId":"z"}', headers('library', 'org.exploded', 1));
    await eventually(async () => (await parked().countDocuments({})) === 1, 'it parked');
    (publishers as unknown as string[]).push('library');
    try {
      const { body } = await order({});
      expect(await done(body.replayId)).toMatchObject({ total: 1, stillWaiting: 1 });
      expect(await parked().findOne({})).toMatchObject({ kind: 'failed', type: 'org.exploded', key: 'z' });
    } finally {
      (publishers as unknown as string[]).pop();
    }
  }, 60_000);

  it('is kept with who, why and what came of it, as is that of a single event', async () => {
    await park('kept', 1, 0);
    broken = false;
    const [one] = await parked().find({}).toArray();
    const id = Buffer.from(String(one!._id)).toString('base64url');
    await service.call('POST', `/api/reporting/ops/parked/${id}/replay`, {
      as: { roles: ['it'], sub: 'ada' },
      body: { why: 'this one alone' },
    });
    const replayId = randomUUID();
    await order({ replayId, why: 'all that is left' });
    await order({ replayId, why: 'the same id again' });
    const list = async (query: string) =>
      (
        await service.call<{ items: ReplayProgress[]; next?: string }>(
          'GET',
          `/api/reporting/ops/parked/replays?${query}`,
          { as: it_ },
        )
      ).body;
    const first = await list('limit=1');
    expect(first.items).toMatchObject([{ replayId, why: 'all that is left', state: 'done', total: 0 }]);
    const second = await list(`limit=1&cursor=${encodeURIComponent(first.next!)}`);
    expect(second.items).toMatchObject([
      { by: 'ada', why: 'this one alone', event: id, total: 1, done: 1, stillWaiting: 0 },
    ]);
    const wrong = await service.call('GET', '/api/reporting/ops/parked/replays?cursor=x', { as: it_ });
    expect(wrong.status).toBe(422);
  }, 60_000);

  it('is of one district, and another reads nothing of it', async () => {
    await park('own', 1, 0);
    broken = false;
    const mars = { ...it_, district: 'mars' };
    const theirs = await order({}, mars);
    expect(theirs.body).toMatchObject({ state: 'done', total: 0 });
    expect(await parked().countDocuments({})).toBe(1);
    const mine = await order({});
    const path = `/api/reporting/ops/parked/replays/${mine.body.replayId}`;
    expect((await service.call('GET', path, { as: mars })).status).toBe(404);
    await done(mine.body.replayId);
    expect((await order({}, { ...it_, roles: ['leader'] })).status).toBe(403);
  }, 60_000);

  it('does not take back what a person discarded, nor discard it twice', async () => {
    await park('gone', 1, 0);
    const [one] = await parked().find({}).toArray();
    const id = Buffer.from(String(one!._id)).toString('base64url');
    const decide = (what: string, why: string) =>
      service.call('POST', `/api/reporting/ops/parked/${id}/${what}`, { as: it_, body: { why } });
    expect((await decide('discard', 'sent by mistake')).status).toBe(200);
    const replay = await decide('replay', 'changed my mind');
    expect([replay.status, replay.body['detail']]).toEqual([
      409,
      'It was discarded by ivo (sent by mistake): it is skipped for good.',
    ]);
    expect((await decide('discard', 'another reason')).status).toBe(409);
    expect((await order({})).body.total).toBe(0);
    expect((await parked().findOne({}))!['discarded']).toMatchObject({ by: 'ivo', why: 'sent by mistake' });
  }, 60_000);
});

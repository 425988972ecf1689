import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { OrgChanged } from '#contracts';
import { trustedDistrict } from '#platform';
import { eventually, realStack } from '#testing';
import type { RunningService, Stack } from '#testing';
import { AggregateStore, Consumer, Messaging, MessagingModule, On } from './index.js';
import type { Aggregate, Given } from './index.js';

/** A tiny service: it notes the names an organisation has had, and answers each routed case by disputing nothing. */
interface Names {
  names: string[];
}
type NamesEvent = { type: 'name.noted'; name: string };

const namesAggregate: Aggregate<Names, NamesEvent> = {
  name: 'names',
  evolve: (state, event) => ({ names: [...(state?.names ?? []), event.name] }),
};

@Injectable()
class NamesStore extends AggregateStore<Names, NamesEvent> {
  constructor(messaging: Messaging) {
    super(messaging, namesAggregate);
  }
}

let poison = true;

@Consumer()
class NoteNames {
  @On(OrgChanged)
  note(event: OrgChanged, _given: Given<Names>): NamesEvent[] {
    if (poison && event.name === 'poison') throw new Error('this name cannot be noted');
    return [{ type: 'name.noted', name: event.name }];
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
const it_ = { roles: ['it'] };

function named(orgId: string, name: string): OrgChanged {
  return { type: 'org.changed', orgId, name, level: 'school', active: true, at: new Date().toISOString() };
}

describe('consuming', () => {
  let stack: Stack;
  let service: RunningService;
  let store: NamesStore;

  const namesOf = async (orgId: string) => (await store.load(moon, orgId))?.state.names ?? [];

  interface Parked {
    id: string;
    key?: string;
    kind: string;
    type?: string;
    reason: string;
    tries: number;
    nextTryAt?: string;
    discarded?: object;
  }
  const parkedOf = async (query = '') =>
    (await service.call<{ items: Parked[] }>('GET', `/api/reporting/ops/parked${query}`, { as: it_ })).body
      .items;
  /** The first event of a key, of a type that this build does not know. */
  const publishUnknown = (key: string): Promise<void> =>
    stack.publishRaw('roster', key, '{"a":1}', {
      ce_id: `roster/moon/${key}/1`,
      ce_type: 'hearback.org.exploded.v1',
      ce_publisher: 'roster',
      ce_district: 'moon',
      ce_key: key,
      ce_seq: '1',
      ce_time: new Date().toISOString(),
    });
  /** What is parked under a key, once some of it is so. */
  const waiting = (key: string, isSo: (one: Parked) => boolean): Promise<Parked> =>
    eventually(async () => (await parkedOf()).find((one) => one.key === key && isSo(one)));

  beforeAll(async () => {
    stack = await realStack();
    service = await stack.service(NamesModule, 'reporting');
    store = service.app.get(NamesStore, { strict: false });
  }, 60_000);
  afterAll(() => stack.close());

  it('applies events once and in order, whatever is repeated', async () => {
    await stack.publish('roster', 'moon', named('a', 'one'));
    await stack.publish('roster', 'moon', named('a', 'two'));
    await stack.publish('roster', 'moon', named('a', 'one'), 1);
    await stack.publish('roster', 'moon', named('a', 'three'), 3);
    await eventually(async () => (await namesOf('a')).length === 3);
    expect(await namesOf('a')).toEqual(['one', 'two', 'three']);
  });

  it('holds an event durably until the one before it has come', async () => {
    await stack.publish('roster', 'moon', named('b', 'second'), 2);
    await stack.publish('roster', 'moon', named('b', 'third'), 3);
    const parked = await eventually(async () => {
      const { body } = await service.call('GET', '/api/reporting/ops/parked', { as: it_ });
      const items = (body['items'] as { key: string }[]).filter((item) => item.key === 'b');
      return items.length === 2 && items;
    });
    expect(parked).toHaveLength(2);
    await stack.publish('roster', 'moon', named('b', 'first'), 1);
    await eventually(async () => (await namesOf('b')).length === 3);
    expect(await namesOf('b')).toEqual(['first', 'second', 'third']);
    const { body } = await service.call('GET', '/api/reporting/ops/parked', { as: it_ });
    expect((body['items'] as { key: string }[]).filter((item) => item.key === 'b')).toEqual([]);
  });

  it('parks what always fails, holds its key in order, lets everything else flow, and replays', async () => {
    await stack.publish('roster', 'moon', named('c', 'before'));
    await stack.publish('roster', 'moon', named('c', 'poison'));
    await stack.publish('roster', 'moon', named('c', 'after'));
    await stack.publish('roster', 'moon', named('d', 'beside'));
    await eventually(async () => (await namesOf('d')).length === 1);
    const failed = await eventually(async () => {
      const { body } = await service.call('GET', '/api/reporting/ops/parked', { as: it_ });
      const items = (body['items'] as { key: string; kind: string; id: string; reason: string }[]).filter(
        (item) => item.key === 'c',
      );
      return items.length === 2 && items.find((item) => item.kind === 'failed');
    });
    expect(failed.reason).toContain('this name cannot be noted');
    expect(await namesOf('c')).toEqual(['before']);
    poison = false;
    const replay = await service.call('POST', `/api/reporting/ops/parked/${failed.id}/replay`, {
      as: it_,
      body: { why: 'the rule was mended' },
    });
    expect(replay.status).toBe(200);
    await eventually(async () => (await namesOf('c')).length === 3);
    expect(await namesOf('c')).toEqual(['before', 'poison', 'after']);
    poison = true;
  });

  it('skips a discarded event for good, and remembers who and why', async () => {
    await stack.publish('roster', 'moon', named('e', 'poison'));
    await stack.publish('roster', 'moon', named('e', 'after'));
    const failed = await eventually(async () => {
      const { body } = await service.call('GET', '/api/reporting/ops/parked', { as: it_ });
      const items = (body['items'] as { key: string; kind: string; id: string }[]).filter(
        (item) => item.key === 'e',
      );
      return items.length === 2 && items.find((item) => item.kind === 'failed');
    });
    const discard = await service.call('POST', `/api/reporting/ops/parked/${failed.id}/discard`, {
      as: it_,
      body: { why: 'sent by mistake' },
    });
    expect(discard.status).toBe(200);
    await eventually(async () => (await namesOf('e')).length === 1);
    expect(await namesOf('e')).toEqual(['after']);
  });

  it('parks malformed bytes and unknown types, and everything else flows', async () => {
    await stack.publishRaw('roster', 'x', Buffer.from([0xff, 0x00, 0x7b]));
    await publishUnknown('f');
    await stack.publish('roster', 'moon', named('g', 'flows'));
    await eventually(async () => (await namesOf('g')).length === 1);
    const { body } = await service.call('GET', '/api/reporting/ops/parked', { as: it_ });
    const items = body['items'] as { kind: string; type?: string; reason: string }[];
    expect(items.some((item) => item.kind === 'unreadable' && item.reason.includes('ce_publisher'))).toBe(
      true,
    );
    expect(items.some((item) => item.type === 'org.exploded' && item.reason.includes('not known'))).toBe(
      true,
    );
  });

  it('goes on behind an event of an unknown type once that is discarded, and shows who decided it', async () => {
    await publishUnknown('h');
    await stack.publish('roster', 'moon', named('h', 'after'), 2);
    const unknown = await eventually(async () => {
      const items = (await parkedOf()).filter((item) => item.key === 'h');
      return items.length === 2 && items.find((item) => item.type === 'org.exploded');
    });
    await service.call('POST', `/api/reporting/ops/parked/${unknown.id}/discard`, {
      as: it_,
      body: { why: 'from a build that was rolled back' },
    });
    await eventually(async () => (await namesOf('h')).length === 1);
    const discarded = (await parkedOf('?discarded=true')).find((item) => item.id === unknown.id);
    expect(discarded?.discarded).toMatchObject({ by: 'test-it', why: 'from a build that was rolled back' });
  });

  it('tries a failing event later and later, and what waits behind it not before', async () => {
    await stack.publish('roster', 'moon', named('i', 'poison'));
    await stack.publish('roster', 'moon', named('i', 'behind'));
    const waits = await eventually(async () => {
      const items = (await parkedOf()).filter((item) => item.key === 'i');
      return (items.find((item) => item.kind === 'failed')?.tries ?? 0) >= 2 && items;
    });
    const next = waits.map((item) => Date.parse(item.nextTryAt ?? ''));
    expect(Math.min(...next) - Date.now()).toBeGreaterThan(5_000);
  });

  it('an event that waited behind a mended one, and misses the one before it, is a gap', async () => {
    await stack.publish('roster', 'moon', named('m', 'poison'), 1);
    const failed = await waiting('m', ({ kind }) => kind === 'failed');
    await stack.publish('roster', 'moon', named('m', 'third'), 3);
    await waiting('m', ({ kind }) => kind === 'behind');
    poison = false;
    await service.call('POST', `/api/reporting/ops/parked/${failed.id}/replay`, {
      as: it_,
      body: { why: 'the rule was mended' },
    });
    poison = true;
    const gap = await waiting('m', ({ kind }) => kind === 'gap');
    expect(gap.reason).toBe('an earlier event of its publisher and key has not come');
    // Its publisher is asked a minute later; it holds nothing meanwhile.
    expect(Date.parse(gap.nextTryAt!) - Date.now()).toBeGreaterThan(30_000);
    await stack.publish('roster', 'moon', named('m', 'second'), 2);
    await eventually(async () => (await namesOf('m')).length === 3);
    expect(await namesOf('m')).toEqual(['poison', 'second', 'third']);
  });

  it('an event that waited for another one, and then fails, has failed', async () => {
    await stack.publish('roster', 'moon', named('n', 'poison'), 2);
    await waiting('n', ({ kind }) => kind === 'gap');
    await stack.publish('roster', 'moon', named('n', 'first'), 1);
    const failed = await waiting('n', ({ kind }) => kind === 'failed');
    expect(failed.reason).toBe('this name cannot be noted');
    await stack.publish('roster', 'moon', named('n', 'third'), 3);
    await waiting('n', ({ kind }) => kind === 'behind');
    expect(await namesOf('n')).toEqual(['first']);
  });

  it('tries what waits behind an unknown type no oftener than that', async () => {
    await publishUnknown('o');
    await waiting('o', ({ kind }) => kind === 'failed');
    await stack.publish('roster', 'moon', named('o', 'after'), 2);
    await waiting('o', ({ kind, tries }) => kind === 'failed' && tries >= 2);
    const behind = await waiting('o', ({ kind }) => kind === 'behind');
    expect(Date.parse(behind.nextTryAt!) - Date.now()).toBeGreaterThan(5_000);
  });

  it('has no aggregate of which it has only heard what changes nothing, until it hears more', async () => {
    const counts = { date: '2026-11-22', students: 1, staff: 1, families: 1, byGrade: [] };
    const at = new Date().toISOString();
    await stack.publish('roster', 'moon', { type: 'enrolment.counted', orgId: 'k', ...counts, at });
    await eventually(async () => (await store.fetchAll(['moon/k'])).size === 1);
    const ids = async () => (await store.list(moon, { limit: 200 })).items.map(({ id }) => id);
    expect([await ids(), await store.load(moon, 'k')]).toEqual([
      expect.not.arrayContaining(['k']),
      undefined,
    ]);
    await expect(store.change(moon, 'k', () => [])).rejects.toThrow('no such name');
    await stack.publish('roster', 'moon', named('k', 'heard'));
    await eventually(async () => (await namesOf('k')).length === 1);
    expect(await ids()).toContain('k');
  });

  it('keeps districts apart', async () => {
    await stack.publish('roster', 'mars', named('a', 'martian'));
    await eventually(async () => (await store.load(trustedDistrict('mars'), 'a'))?.state.names.length === 1);
    expect(await namesOf('a')).toEqual(['one', 'two', 'three']);
  });

  it('shows what is parked of a district that is not served here to those who run the installation', async () => {
    await stack.publish('roster', 'pluto', named('j', 'poison'));
    await eventually(async () => (await parkedOf()).some((item) => item.key === 'j'));
    const asMars = await service.call<{ items: Parked[] }>('GET', '/api/reporting/ops/parked', {
      as: { ...it_, district: 'mars' },
    });
    expect(asMars.body.items.filter((item) => item.key === 'j')).toEqual([]);
  });

  it('is ready only once it has joined, and tells IT alone', async () => {
    expect((await service.call('GET', '/health/ready')).status).toBe(200);
    expect((await service.call('GET', '/api/reporting/ops/parked')).status).toBe(401);
    expect(
      (await service.call('GET', '/api/reporting/ops/parked', { as: { roles: ['leader'] } })).status,
    ).toBe(403);
  });
});

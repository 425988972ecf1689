import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { OrgChanged } from '#contracts';
import { trustedDistrict } from '#platform';
import type { District } from '#platform';
import { eventually, realStack } from '#testing';
import type { RunningService, Stack } from '#testing';
import { AggregateStore, Consumer, Messaging, MessagingModule, On, OnRebuilt, TestTopics } from '../index.js';
import type { Aggregate } from '../index.js';
import type { RebuildView } from './rebuild.controller.js';
import { NotOurs, Rebuilds } from './rebuilds.js';
import { RequestTopic } from './request-topic.js';

/** A tiny view: the names that an organisation has had, and whether somebody has looked at them. */
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
let gate = Promise.resolve();
const derived: string[] = [];

@Consumer()
class NoteNames {
  @OnRebuilt(NamesStore)
  rebuilt(district: District): Promise<void> {
    derived.push(district);
    return Promise.resolve();
  }

  @On(OrgChanged)
  note(event: OrgChanged): NamesEvent[] {
    if (event.name === 'gate') return gate.then(() => []) as never;
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
      views: [NamesStore],
      topics: ['roster'],
    }),
  ],
  controllers: [NoteNames],
})
class NamesModule {}

const it_ = { roles: ['it'] };
const ofMars = { roles: ['it'], district: 'mars' };
const moon = trustedDistrict('moon');

function named(orgId: string, name: string): OrgChanged {
  return { type: 'org.changed', orgId, name, level: 'school', active: true, at: '2026-11-22T08:00:00.000Z' };
}

let stack: Stack;
let service: RunningService;
let store: NamesStore;

beforeAll(async () => {
  stack = await realStack();
  service = await stack.service(NamesModule, 'reporting');
  store = service.app.get(NamesStore, { strict: false });
}, 60_000);
afterAll(() => stack.close());

const names = () => stack.db('reporting').collection<{ _id: string }>('names');
const namesOf = async (orgId: string) => (await store.load(moon, orgId))?.state.names;
const noted = (orgId: string, ...all: string[]) =>
  eventually(async () => (await namesOf(orgId))?.join() === all.join(), `${orgId}: ${all.join()}`);

async function begin(options: object = {}, as = it_, headers = {}): Promise<RebuildView> {
  const body = { why: 'A test.', ...options };
  const reply = await service.call<RebuildView>('POST', '/api/reporting/ops/rebuild', { as, body, headers });
  expect([reply.status, reply.body]).toEqual([202, expect.anything()]);
  return reply.body;
}

async function look(id: string): Promise<RebuildView> {
  const reply = await service.call<RebuildView>('GET', `/api/reporting/ops/rebuilds/${id}`, { as: it_ });
  expect(reply.status).toBe(200);
  return reply.body;
}

const ended = (id: string): Promise<RebuildView> =>
  eventually(async () => {
    const now = await look(id);
    return !now.running && now;
  }, `the end of ${id}`);

const rebuilt = async (options: object = {}) => ended((await begin(options)).id);

async function parkedOf(key: string): Promise<{ id: string; kind: string }[]> {
  const { body } = await service.call('GET', '/api/reporting/ops/parked', { as: it_ });
  return (body['items'] as { id: string; kind: string; key?: string }[]).filter((one) => one.key === key);
}

describe('a rebuild', () => {
  it('puts right one district, and then what is derived from it', async () => {
    await stack.publish('roster', 'moon', named('a', 'one'));
    await stack.publish('roster', 'moon', named('a', 'two'));
    await stack.publish('roster', 'mars', named('a', 'martian'));
    await noted('a', 'one', 'two');
    await eventually(async () => (await names().findOne({ _id: 'mars/a' })) !== null);
    await names().updateMany({}, { $set: { 'state.names': ['wrong'] } });
    const one = await rebuilt();
    expect(one).toMatchObject({ state: 'done', documents: { same: 0, different: 1 }, by: 'test-it' });
    expect(one.examples).toEqual([{ store: 'names', id: 'a', verdict: 'different' }]);
    expect(await namesOf('a')).toEqual(['one', 'two']);
    expect(await names().findOne({ _id: 'mars/a' })).toMatchObject({ state: { names: ['wrong'] } });
    expect(derived).toEqual(['moon']);
  });

  it('goes on taking what comes, on top of what it put right', async () => {
    await stack.publish('roster', 'moon', named('a', 'three'));
    await noted('a', 'one', 'two', 'three');
    expect(await rebuilt({ check: true })).toMatchObject({ state: 'done', documents: { same: 1 } });
  });

  it('loses to an event that is applied between comparing and writing, and looks again', async () => {
    await names().updateOne({ _id: 'moon/a' }, { $set: { 'state.names': ['wrong'] } });
    const collection = service.app.get(Messaging, { strict: false }).collection('names');
    const bulkWrite = collection.bulkWrite.bind(collection);
    let raced = false;
    collection.bulkWrite = async (operations, options) => {
      // The first write that replaces a document is the rebuild's.
      if (!raced && 'replaceOne' in operations[0]!) {
        raced = true;
        await stack.publish('roster', 'moon', named('a', 'late'));
        await noted('a', 'wrong', 'late');
      }
      return bulkWrite(operations, options);
    };
    const one = await rebuilt();
    collection.bulkWrite = bulkWrite;
    expect(raced).toBe(true);
    expect(one).toMatchObject({ state: 'done', documents: { different: 1 } });
    expect(await namesOf('a')).toEqual(['one', 'two', 'three', 'late']);
  });

  it('is left by an instance that no longer holds it, which takes it up again when nobody else does', async () => {
    let open = (): void => undefined;
    await stack.publish('roster', 'moon', named('z', 'gate'));
    gate = new Promise((resolve) => (open = resolve));
    const { id } = await begin();
    const other = new Rebuilds(stack.db('reporting'), 'another instance');
    expect(await other.take(id)).toBe(true);
    await expect(other.tell(id, { parked: 7 })).resolves.toMatchObject({ parked: 7 });
    open();
    expect(await ended(id)).toMatchObject({ state: 'done' });
    await expect(other.tell(id, { parked: 8 })).rejects.toThrow(NotOurs);
    expect((await look(id)).parked).toBe(0);
  });

  it('keeps an event discarded that somebody discards while it runs, though it could be applied by now', async () => {
    await stack.publish('roster', 'moon', named('b', 'before'));
    await stack.publish('roster', 'moon', named('b', 'poison'));
    await stack.publish('roster', 'moon', named('b', 'after'));
    const failed = await eventually(async () => {
      const waits = await parkedOf('b');
      return waits.length === 2 && waits.find(({ kind }) => kind === 'failed');
    });
    await stack.publish('roster', 'moon', named('z', 'gate'));
    await eventually(async () => (await names().findOne({ _id: 'moon/z' })) !== null);
    // Not by itself, before somebody has discarded it.
    await stack
      .db('reporting')
      .collection('parked')
      .updateMany({}, { $set: { nextTryAt: new Date('2100-01-01') } });
    poison = false;
    let open = (): void => undefined;
    gate = new Promise((resolve) => (open = resolve));
    const { id } = await begin();
    // The gate is the last of them, or in a slice of its own; its copy waits, and with it the comparison.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await look(id)).toMatchObject({ running: true, state: 'reading' });
    const decision = await service.call('POST', `/api/reporting/ops/parked/${failed.id}/discard`, {
      as: it_,
      body: { why: 'sent by mistake' },
    });
    expect(decision.status).toBe(200);
    await noted('b', 'before', 'after');
    open();
    expect(await ended(id)).toMatchObject({ state: 'done', documents: { left: 1, different: 0 } });
    expect(await namesOf('b')).toEqual(['before', 'after']);
    expect(await rebuilt({ check: true })).toMatchObject({ state: 'done', documents: { different: 0 } });
    poison = true;
  });

  it('is begun once an Idempotency-Key, and one at a time', async () => {
    gate = new Promise(() => undefined);
    const headers = { 'idempotency-key': randomUUID() };
    const { id } = await begin({}, it_, headers);
    expect((await begin({}, it_, headers)).id).toBe(id);
    const other = (as: object, body: object) =>
      service.call('POST', '/api/reporting/ops/rebuild', { as: as as typeof it_, body, headers: {} });
    const mine = await other(it_, { why: 'Another.' });
    expect([mine.status, String(mine.body['detail'])]).toEqual([409, expect.stringContaining(id)]);
    const martian = await other(ofMars, { why: 'Another.' });
    expect([martian.status, String(martian.body['detail'])]).toEqual([409, expect.not.stringContaining(id)]);
    expect((await other(it_, { why: 'x' })).status).toBe(422);
    expect((await other({ roles: ['leader'] }, { why: 'Another.' })).status).toBe(403);

    const path = `/api/reporting/ops/rebuilds/${id}`;
    expect((await service.call('GET', path, { as: ofMars })).status).toBe(404);
    const cancel = () => service.call('POST', `${path}/cancel`, { as: it_, body: { why: 'It is Friday.' } });
    expect((await cancel()).body).toMatchObject({
      state: 'cancelled',
      running: false,
      reason: 'cancelled by test-it: It is Friday.',
    });
    expect((await cancel()).status).toBe(409);
    expect((await begin({}, it_, headers)).id).toBe(id);
    gate = Promise.resolve();
    const list = await service.call('GET', '/api/reporting/ops/rebuilds?limit=1', { as: it_ });
    expect(list.body).toMatchObject({ items: [{ id, state: 'cancelled' }], next: expect.any(String) });
    expect((await service.call('GET', '/api/reporting/ops/rebuilds', { as: ofMars })).body).toEqual({
      items: [],
    });
    expect((await service.call('GET', '/api/reporting/ops/rebuilds?cursor=x', { as: it_ })).status).toBe(422);
  });

  it('touches no document that has events of its own', async () => {
    await names().updateOne({ _id: 'moon/a' }, { $set: { count: 1, 'state.names': ['its own'] } });
    const one = await rebuilt();
    expect(one.state).toBe('failed');
    expect(one.reason).toContain('moon/a has events of its own');
    expect(await namesOf('a')).toEqual(['its own']);
    await names().updateOne({ _id: 'moon/a' }, { $set: { count: 0 } });
    expect(await rebuilt()).toMatchObject({ state: 'done', documents: { different: 1 } });
  });

  it('deletes nothing before the owners were asked, though it was told to', async () => {
    await names().insertOne({ ...(await names().findOne({ _id: 'moon/a' }))!, _id: 'moon/ghost' });
    expect(await rebuilt({ check: true, remove: true })).toMatchObject({
      state: 'differs',
      documents: { unknown: 1, removed: 0 },
      owners: [],
    });
    const { id } = await begin({ remove: true });
    // Roster is not there, so it stays at asking.
    await eventually(async () => (await look(id)).state === 'asking');
    expect(await names().countDocuments({ _id: 'moon/ghost' })).toBe(1);
    await service.call('POST', `/api/reporting/ops/rebuilds/${id}/cancel`, {
      as: it_,
      body: { why: 'Test.' },
    });
    await names().deleteOne({ _id: 'moon/ghost' });
  });

  it('deletes what no owner knows, and never what this build only cannot apply', async () => {
    await names().insertOne({ ...(await names().findOne({ _id: 'moon/a' }))!, _id: 'moon/ghost' });
    poison = false;
    await stack.publish('roster', 'moon', named('c', 'poison'));
    await noted('c', 'poison');
    poison = true;
    const { id } = await begin({ remove: true });
    await eventually(async () => (await look(id)).state === 'asking');
    const requests = new RequestTopic(service.app.get(Messaging, { strict: false }).kafka);
    await requests.send([{ answer: `${id}/roster`, from: 'roster', documents: 0, events: 0, done: true }]);
    const one = await ended(id);
    await requests.close();
    expect(one).toMatchObject({
      state: 'differs',
      documents: { removed: 1, ahead: 1, unknown: 0 },
      parked: 1,
    });
    expect(one.reason).toContain('1 that know events');
    expect(await names().countDocuments({ _id: 'moon/ghost' })).toBe(0);
    expect(await namesOf('c')).toEqual(['poison']);
  });

  it('waits for owners when the topic has lost its beginning, and harms nothing meanwhile', async () => {
    await new TestTopics().empty('roster');
    const { id } = await begin();
    const asking = await eventually(async () => {
      const now = await look(id);
      return now.state === 'asking' && now;
    });
    expect(asking.owners).toEqual([{ publisher: 'roster', documents: 0, events: 0, done: false }]);
    expect(await namesOf('a')).toEqual(['one', 'two', 'three', 'late']);
    await service.call('POST', `/api/reporting/ops/rebuilds/${id}/cancel`, {
      as: it_,
      body: { why: 'Test.' },
    });
    await eventually(
      async () =>
        (
          await stack
            .db('reporting')
            .listCollections({ name: /^rebuild\./ })
            .toArray()
        ).length === 0,
    );
  });
});

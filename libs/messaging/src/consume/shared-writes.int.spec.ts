import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { OrgChanged } from '#contracts';
import { trustedDistrict } from '#platform';
import { realStack } from '#testing';
import type { Stack } from '#testing';
import { Messaging } from '../messaging.js';
import { MessagingModule } from '../messaging.module.js';
import { eventId } from '../publish/wire.js';
import { AggregateStore } from '../store/aggregate-store.js';
import type { Change } from '../store/shared-update.js';
import { Effects } from './effects.js';
import type { AnyStore, Incoming } from './effects.js';

interface Names {
  names: string[];
}
type Noted = { type: 'noted'; name: string };

@Injectable()
class NamesStore extends AggregateStore<Names, Noted> {
  /** How many changes each shared command had. */
  sizes: number[] = [];
  /** Done between the reading and the writing. */
  meanwhile: () => Promise<unknown> = async () => undefined;

  constructor(messaging: Messaging) {
    super(messaging, {
      name: 'names',
      evolve: (state, { name }) => ({ names: [...(state?.names ?? []), name] }),
      index: ({ names }) => ({ last: names.at(-1) }),
    });
  }

  override async writeShared(changes: readonly Change[]): Promise<number> {
    this.sizes.push(changes.length);
    await this.meanwhile();
    return super.writeShared(changes);
  }
}

@Module({
  imports: [
    MessagingModule.forService({ service: 'reporting', stores: [NamesStore], reads: {}, topics: [] }),
  ],
})
class NamesModule {}

const moon = trustedDistrict('moon');
let stack: Stack;
let store: NamesStore;
let orgs: string[];
let batches = 0;

beforeAll(async () => {
  stack = await realStack();
  const service = await stack.service(NamesModule, 'reporting');
  store = service.app.get(NamesStore, { strict: false });
}, 90_000);
afterAll(() => stack.close(), 60_000);

/** Thirty documents at version 1. */
beforeEach(async () => {
  batches += 1;
  orgs = Array.from({ length: 30 }, (_, n) => `org-${batches}-${n}`);
  await take(1, () => 'first');
  store.sizes = [];
  store.meanwhile = async () => undefined;
});

/** One batch with an event for each of the thirty. @returns what became of them. */
function take(seq: number, nameOf: (orgId: string) => string) {
  const handle = () => async (event: object) => [{ type: 'noted', name: (event as OrgChanged).name }];
  const effects = new Effects(
    handle,
    (_, run) => run(),
    () => undefined,
  );
  const target = { store: store as unknown as AnyStore };
  return effects.apply(
    orgs.map((id) => ({ target, district: moon, id, events: [incoming(id, nameOf(id), seq)] })),
  );
}

function incoming(orgId: string, name: string, seq: number): Incoming {
  const at = '2026-11-22T08:00:00.000Z';
  const type = 'org.changed';
  const id = eventId('roster', moon, orgId, seq);
  return {
    id,
    topic: 'roster',
    envelope: { id, type, version: 1, publisher: 'roster', district: moon, key: orgId, seq, time: at },
    contract: OrgChanged,
    data: { type, orgId, name, level: 'school', active: true, at },
    message: { value: null },
    parked: false,
    discarded: false,
  };
}

const documents = () =>
  stack
    .db('reporting')
    .collection('names')
    .find({ id: { $in: orgs } })
    .toArray();
const namesById = async () => new Map((await documents()).map(({ id, state }) => [id, state.names]));

it('thirty documents of one version change by one command, each in its own way', async () => {
  await take(2, (orgId) => `$${orgId}`);
  expect(store.sizes).toEqual([30]);
  for (const document of await documents())
    expect(document).toMatchObject({
      version: 2,
      state: { names: ['first', `$${document['id']}`] },
      index: { last: `$${document['id']}` },
      seen: [{ publisher: 'roster', key: document['id'], seq: 2 }],
      count: 0,
    });
});

it('the bytes are those of thirty commands', async () => {
  const [apart] = orgs.splice(0, 1);
  const [first] = (await take(2, () => 'second')) && (await documents());
  orgs = [apart!];
  await take(2, () => 'second');
  const [alone] = await documents();
  expect(store.sizes).toEqual([29]);
  const alike = (one: object) => JSON.stringify(one).replaceAll(/org-\d+-\d+/g, 'org');
  expect(alike(first!)).toBe(alike(alone!));
});

it('where someone else was first, nothing is overwritten, and nothing is done twice', async () => {
  store.meanwhile = async () => {
    store.meanwhile = async () => undefined;
    await store.change(moon, orgs[3]!, () => [{ type: 'noted', name: 'between' }]);
  };
  const outcomes = await take(2, () => 'second');
  const names = await namesById();
  expect(names.get(orgs[3])).toEqual(['first', 'between', 'second']);
  for (const id of orgs.toSpliced(3, 1)) expect(names.get(id)).toEqual(['first', 'second']);
  expect(outcomes.every(({ applied, failed }) => applied.length === 1 && !failed)).toBe(true);
});

it('a document that the database refuses fails alone', async () => {
  await stack
    .db('reporting')
    .command({ collMod: 'names', validator: { 'index.last': { $ne: 'forbidden' } } });
  const outcomes = await take(2, (id) => (id === orgs[7] ? 'forbidden' : 'second'));
  expect(outcomes.flatMap(({ failed }, i) => (failed ? [i] : []))).toEqual([7]);
  const names = await namesById();
  for (const id of orgs) expect(names.get(id)).toEqual(id === orgs[7] ? ['first'] : ['first', 'second']);
});

it('a lost database is told, and refuses nobody', async () => {
  store.meanwhile = () => Promise.reject(Object.assign(new Error('gone'), { name: 'MongoNetworkError' }));
  await expect(take(2, () => 'second')).rejects.toThrow('gone');
  store.meanwhile = async () => undefined;
  await take(2, () => 'second');
  expect([...(await namesById()).values()]).toEqual(orgs.map(() => ['first', 'second']));
});

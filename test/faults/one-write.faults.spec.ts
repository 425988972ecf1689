import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { OrgChanged } from '#contracts';
import type { HearbackEvent } from '#contracts';
import { AggregateStore, Consumer, Messaging, MessagingModule, On } from '#messaging';
import { trustedDistrict } from '#platform';
import { eventually, realStack } from '#testing';
import type { RunningService, Stack } from '#testing';

/**
 * Bulk writes are unordered, so two writes of one document in one bulk could land in either order. They cannot happen:
 * messaging folds all events of a document first and writes it once a round, and the version guards that write.
 */
interface Names {
  names: string[];
}
type Noted = { type: 'noted'; name: string };
type Operations = Parameters<AggregateStore<Names, Noted>['writeAll']>[0];

@Injectable()
class NamesStore extends AggregateStore<Names, Noted> {
  /** Every bulk that was written, in order. */
  readonly bulks: Operations[] = [];
  /** Broken on purpose: each bulk is written twice over, as if two folds of one document were in it. */
  broken = false;

  constructor(messaging: Messaging) {
    super(messaging, {
      name: 'names',
      evolve: (state, { name }) => ({ names: [...(state?.names ?? []), name] }),
    });
  }

  override async writeAll(operations: Operations): Promise<void> {
    const written = this.broken ? [...operations, ...operations] : operations;
    this.bulks.push(written);
    await super.writeAll(written);
  }
}

@Consumer()
class NoteNames {
  @On(OrgChanged)
  note({ name }: OrgChanged): Noted[] {
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
const keys = 3;
const each = 200;

function named(orgId: string, name: string): HearbackEvent {
  return { type: 'org.changed', orgId, name, level: 'school', active: true, at: '2026-11-22T08:00:00.000Z' };
}

type Write = { insertOne: { document: { _id: string } } } | { updateMany: { filter: { _id: string } } };

/** The documents that a bulk writes, one for each operation. */
function documentsOf(operations: Operations): string[] {
  return (operations as unknown as Write[]).map((one) =>
    'insertOne' in one ? one.insertOne.document._id : one.updateMany.filter._id,
  );
}

const isDoubled = (operations: Operations): boolean =>
  new Set(documentsOf(operations)).size < operations.length;

describe('many events of one document in one batch', () => {
  let stack: Stack;
  let service: RunningService;
  let store: NamesStore;

  beforeAll(async () => {
    stack = await realStack();
    // All of it lies there before anybody reads: whole batches of few keys.
    await send('at-once-', each);
    service = await stack.service(NamesModule, 'reporting');
    store = service.app.get(NamesStore, { strict: false });
  }, 90_000);
  afterAll(() => stack.close());

  async function send(prefix: string, count: number): Promise<void> {
    for (let n = 0; n < count; n += 1)
      await Promise.all(
        Array.from({ length: keys }, (_, key) =>
          stack.publish('roster', 'moon', named(`${prefix}${key}`, String(n)), n + 1),
        ),
      );
  }

  const namesOf = async (orgId: string) => (await store.load(moon, orgId))?.state.names ?? [];
  const wanted = Array.from({ length: each }, (_, n) => String(n));

  it('are folded in order and written as one operation a round', async () => {
    for (let key = 0; key < keys; key += 1) {
      await eventually(async () => (await namesOf(`at-once-${key}`)).length === each, `all of key ${key}`);
      expect(await namesOf(`at-once-${key}`)).toEqual(wanted);
    }
    expect(store.bulks.filter(isDoubled)).toEqual([]);
    const operations = store.bulks.flat().length;
    console.log(
      `One write: ${keys * each} events of ${keys} documents in ${operations} operations of ${store.bulks.length} bulks.`,
    );
    expect(operations).toBeLessThan((keys * each) / 4);
  });

  it('and a second operation of the same document is refused by its version, and changes nothing', async () => {
    const before = await store.fetchAll(['moon/at-once-0']);
    const last = store.bulks.findLast((bulk) => documentsOf(bulk).includes('moon/at-once-0'))!;
    const again = last.filter((_, i) => documentsOf(last)[i] === 'moon/at-once-0');
    await expect(store.writeAll(again)).rejects.toMatchObject({ code: 11_000 });
    expect(await store.fetchAll(['moon/at-once-0'])).toEqual(before);
  });

  it('broken on purpose, two operations of one document in a bulk are seen, and even then nothing is doubled', async () => {
    const since = store.bulks.length;
    store.broken = true;
    await send('broken-', 20);
    for (let key = 0; key < keys; key += 1)
      await eventually(async () => (await namesOf(`broken-${key}`)).length >= 20, `all of key ${key}`);
    store.broken = false;
    expect(store.bulks.slice(since).some(isDoubled)).toBe(true);
    for (let key = 0; key < keys; key += 1)
      expect(await namesOf(`broken-${key}`)).toEqual(wanted.slice(0, 20));
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { OrgChanged } from '#contracts';
import type { EventPublisher } from '#messaging';
import { AggregateStore, Consumer, Messaging, MessagingModule, On } from '#messaging';
import type { Aggregate } from '#messaging';
import { trustedDistrict } from '#platform';
import { eventually, realStack } from '#testing';
import type { RunningService, Stack } from '#testing';

/**
 * The near miss of promise 2, on a writer and a reader of their own over real engines: two instances of the writer
 * change a few hot documents at once; the reader must get every event of every document, in order.
 * Broken on purpose (each instance publishes only its own command's events), the same run loses events.
 */
interface Renamed {
  orgId: string;
  times: number;
}

const hotAggregate: Aggregate<Renamed, OrgChanged> = {
  name: 'hot',
  evolve: (state, event) => ({ orgId: event.orgId, times: (state?.times ?? 0) + 1 }),
};

@Injectable()
class HotStore extends AggregateStore<Renamed, OrgChanged> {
  constructor(messaging: Messaging) {
    super(messaging, hotAggregate);
  }
}

@Module({
  imports: [MessagingModule.forService({ service: 'roster', stores: [HotStore], reads: {}, topics: [] })],
})
class WriterModule {}

interface Names {
  names: string[];
}

@Injectable()
class ReaderStore extends AggregateStore<Names, { type: 'noted'; name: string }> {
  constructor(messaging: Messaging) {
    super(messaging, {
      name: 'names',
      evolve: (state, { name }) => ({ names: [...(state?.names ?? []), name] }),
    });
  }
}

@Consumer()
class Reader {
  @On(OrgChanged)
  take({ name }: OrgChanged): { type: 'noted'; name: string }[] {
    return [{ type: 'noted', name }];
  }
}

@Module({
  imports: [
    MessagingModule.forService({
      service: 'reporting',
      stores: [ReaderStore],
      reads: { orgId: ReaderStore },
      topics: ['roster'],
    }),
  ],
  controllers: [Reader],
})
class ReaderModule {}

const moon = trustedDistrict('moon');
const commands = 2_000;
const keys = 5;

function renamed(orgId: string, name: string): OrgChanged {
  return { type: 'org.changed', orgId, name, level: 'school', active: true, at: '2026-11-22T08:00:00.000Z' };
}

describe('two instances on a few hot keys', () => {
  let stack: Stack;
  let reader: RunningService;
  const instances: RunningService[] = [];
  const writers: HotStore[] = [];

  beforeAll(async () => {
    stack = await realStack();
    reader = await stack.service(ReaderModule, 'reporting');
    for (const _ of [1, 2]) {
      const instance = await stack.service(WriterModule, 'roster');
      instances.push(instance);
      writers.push(instance.app.get(HotStore, { strict: false }));
    }
  }, 90_000);
  afterAll(() => stack.close());

  const names = async (orgId: string): Promise<string[]> =>
    (await reader.app.get(ReaderStore, { strict: false }).load(moon, orgId))?.state.names ?? [];

  async function storm(prefix: string): Promise<void> {
    for (let key = 0; key < keys; key += 1)
      await writers[0]!.create(moon, `${prefix}${key}`, [renamed(`${prefix}${key}`, 'begin')]);
    let next = 0;
    const worker = async (writer: HotStore): Promise<void> => {
      while (next < commands) {
        const n = next++;
        const id = `${prefix}${n % keys}`;
        await writer.change(moon, id, () => [renamed(id, String(n))]);
      }
    };
    await Promise.all(writers.flatMap((writer) => [worker(writer), worker(writer), worker(writer)]));
  }

  it('loses no event and doubles none in 2,000 commands', async () => {
    await storm('whole-');
    for (let key = 0; key < keys; key += 1) {
      await eventually(
        async () => (await names(`whole-${key}`)).length === 1 + commands / keys,
        `all of key ${key}`,
        60_000,
      );
      const taken = await names(`whole-${key}`);
      expect(new Set(taken).size).toBe(taken.length);
    }
  }, 120_000);

  it('loses nothing when one instance stalls between write and publish and is overtaken, without any sweep', async () => {
    await overtaken('stall-', (offer) => offer);
    for (let key = 0; key < keys; key += 1) {
      await eventually(
        async () => (await names(`stall-${key}`)).length === 2 + commands / keys,
        `all of key ${key}`,
        60_000,
      );
    }
  }, 120_000);

  it('would lose events if each published only its own: the rule broken on purpose is seen', async () => {
    await overtaken('own-', (offer) => (collection, document) => {
      offer(collection, { ...document, events: document.events.slice(-1) });
    });
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const counts = await Promise.all(
      Array.from({ length: keys }, async (_, key) => (await names(`own-${key}`)).length),
    );
    expect(counts.every((count) => count < 2 + commands / keys)).toBe(true);
  }, 120_000);

  type Offer = EventPublisher['offer'];

  /** The first writer never publishes what it wrote, the second does as `rule` says; the last word is the second's. */
  async function overtaken(prefix: string, rule: (offer: Offer) => Offer): Promise<void> {
    const [stalled, other] = instances.map((instance) => instance.app.get(Messaging, { strict: false }));
    await Promise.all([stalled!.sweep!.stop(), other!.sweep!.stop()]);
    const offers = [stalled!, other!].map(({ publisher }) => publisher!.offer.bind(publisher));
    stalled!.publisher!.offer = () => undefined;
    other!.publisher!.offer = rule(offers[1]!);
    await storm(prefix);
    for (let key = 0; key < keys; key += 1) {
      await writers[1]!.change(moon, `${prefix}${key}`, () => [renamed(`${prefix}${key}`, 'end')]);
    }
    stalled!.publisher!.offer = offers[0]!;
    other!.publisher!.offer = offers[1]!;
  }
});

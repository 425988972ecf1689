import { Injectable, Module } from '@nestjs/common';
import { NotPermitted, OrgChanged } from '#contracts';
import { AggregateStore, Consumer, Messaging, MessagingModule, On, OnWake, Runtime } from '#messaging';
import type { Given } from '#messaging';
import { createService, trustedDistrict } from '#platform';

/**
 * The two services of the contract suite, each a process of its own that runs on the build whose folder it lies in:
 * `roster` writes and publishes, `reporting` reads. The suite tells it what to do by messages.
 */
const moon = trustedDistrict('moon');
type Service = 'roster' | 'reporting';
type Act = (...args: never[]) => Promise<unknown>;

interface Hot {
  names: string[];
  claimedBy?: string;
  dueAt?: string;
}
type HotEvent =
  OrgChanged | { type: 'claimed'; by: string } | { type: 'due'; at: string } | { type: 'settled' };

function named(orgId: string, name: string): OrgChanged {
  return { type: 'org.changed', orgId, name, level: 'school', active: true, at: '2026-11-22T08:00:00.000Z' };
}

@Injectable()
class HotStore extends AggregateStore<Hot, HotEvent> {
  constructor(messaging: Messaging) {
    super(messaging, {
      name: 'hot',
      wakeAt: ({ dueAt }) => dueAt,
      evolve: (state, event) => {
        const { dueAt, ...kept } = state ?? { names: [] };
        if (event.type === 'settled') return kept;
        if (event.type === 'due') return { ...kept, dueAt: event.at };
        if (event.type === 'claimed') return { ...kept, ...(dueAt && { dueAt }), claimedBy: event.by };
        return { ...kept, names: [...kept.names, event.name] };
      },
    });
  }
}

@Consumer()
class LateClock {
  @OnWake(HotStore)
  wake({ dueAt }: Hot, now: string, id: string): OrgChanged[] {
    return dueAt && dueAt <= now ? [named(id, 'too-late')] : [];
  }
}

@Module({
  imports: [MessagingModule.forService({ service: 'roster', stores: [HotStore], reads: {}, topics: [] })],
  controllers: [LateClock],
})
class WriterModule {}

interface Names {
  names: string[];
}
type Noted = { type: 'noted'; name: string };

@Injectable()
class NamesStore extends AggregateStore<Names, Noted> {
  constructor(messaging: Messaging) {
    super(messaging, {
      name: 'names',
      evolve: (state, { name }) => ({ names: [...(state?.names ?? []), name] }),
    });
  }
}

/** Names that cannot be noted, until the suite mends it. */
let poisonous = true;

@Consumer()
class NoteNames {
  @On(OrgChanged)
  note({ name }: OrgChanged, _: Given<Names>): Noted[] {
    if (name.startsWith('poison') && poisonous) throw new Error('this name cannot be noted');
    return name === 'nothing' ? [] : [{ type: 'noted', name }];
  }
}

@Module({
  imports: [
    MessagingModule.forService({
      service: 'reporting',
      stores: [NamesStore],
      reads: { orgId: NamesStore },
      topics: ['roster', 'casework'],
    }),
  ],
  controllers: [NoteNames],
})
class ReaderModule {}

function writing(store: HotStore, runtime: Runtime): Record<string, Act> {
  const create = async (id: string, name: string) =>
    (await store.create(moon, id, [named(id, name)])).created;
  return {
    create,
    createAll: (ids: string[]) => Promise.all(ids.map((id) => create(id, 'begin'))),
    change: (id: string, name: string) => store.change(moon, id, () => [named(id, name)]),
    /** Only who comes first. */
    claim: (id: string, by: string) =>
      store.change(moon, id, ({ claimedBy }) => {
        if (claimedBy) throw new NotPermitted(`${claimedBy} was first`);
        return [{ type: 'claimed', by }, named(id, by)];
      }),
    due: (id: string) => store.change(moon, id, () => [{ type: 'due', at: new Date().toISOString() }]),
    settle: (id: string) => store.change(moon, id, () => [{ type: 'settled' }]),
    republish: (id: string) => runtime.republish(moon, id),
  };
}

function reading(store: NamesStore, runtime: Runtime): Record<string, Act> {
  return {
    note: async (id: string, name: string) => {
      const { created } = await store.create(moon, id, [{ type: 'noted', name }]);
      if (!created) await store.change(moon, id, () => [{ type: 'noted', name }]);
    },
    mend: async (mended: boolean) => void (poisonous = !mended),
    drain: (id: string) => runtime.retries!.drain(`moon/${id}`),
    discard: async (eventId: string) => {
      const event = await runtime.parked.get(moon, eventId);
      await runtime.parked.discard(event!, 'ivo', 'sent by mistake');
      return runtime.retries!.drain(event!.holdKey!);
    },
  };
}

/** Clocks of machines differ: this process lives so many milliseconds in the past. */
function liveInThePast(milliseconds: number): void {
  if (milliseconds === 0) return;
  const Now = Date;
  class Then extends Now {
    constructor(...given: unknown[]) {
      super(...((given.length > 0 ? given : [Now.now() - milliseconds]) as []));
    }
    static override now(): number {
      return Now.now() - milliseconds;
    }
  }
  globalThis.Date = Then as DateConstructor;
}

async function start(service: Service): Promise<void> {
  liveInThePast(Number(process.env['SEEDED_CLOCK_BEHIND_MS'] ?? 0));
  const app = await createService({
    name: service,
    module: service === 'roster' ? WriterModule : ReaderModule,
  });
  const get = <T>(token: new (...args: never[]) => T): T => app.get(token as never, { strict: false });
  const acts =
    service === 'roster' ? writing(get(HotStore), get(Runtime)) : reading(get(NamesStore), get(Runtime));
  process.on('message', ({ no, act, args }: { no: number; act: string; args: never[] }) => {
    Promise.resolve(acts[act]!(...args)).then(
      (value) => process.send!({ no, value: value ?? null }),
      (error: unknown) => process.send!({ no, refused: (error as Error).message }),
    );
  });
  process.once('disconnect', () => process.exit(0));
  process.send!({ ready: true });
}

await start(process.argv[2] as Service);

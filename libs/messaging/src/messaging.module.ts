import { Module } from '@nestjs/common';
import type { DynamicModule, Type } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, ModuleRef } from '@nestjs/core';
import type { KeyField, Publisher } from '#contracts';
import { DATABASE, Health, TRANSPORT } from '#platform';
import type { District } from '#platform';
import type { Db } from 'mongodb';
import type { AnyStore, Targets } from './consume/effects.js';
import { REBUILT, WAKE, WORK } from './consume/on.js';
import type { Prepares } from './consume/on.js';
import { EventStrategy } from './consume/strategy.js';
import { Messaging } from './messaging.js';
import { OpsController } from './ops/ops.controller.js';
import { ReplayController } from './ops/replay.controller.js';
import { TrailsController } from './ops/trails.js';
import { RebuildController } from './rebuild/rebuild.controller.js';
import { Runtime } from './runtime.js';
import type { RuntimeParts } from './runtime.js';
import { KeyRing } from './sealing/key-ring.js';
import type { AggregateStore } from './store/aggregate-store.js';
import type { Waking } from './wake/wake-worker.js';

type StoreType = Type<AggregateStore<never, never>>;

export interface ServiceMessaging {
  service: string;
  /** All aggregate stores of the service. */
  stores: Type<unknown>[];
  /** Which store takes the events about an input, an organisation, an import; the rest is skipped. */
  reads: Partial<
    Record<
      KeyField,
      Type<unknown> | { store: Type<unknown>; only: (data: Record<string, unknown>) => boolean }
    >
  >;
  /** The publishers whose topics are read. */
  topics: Publisher[];
  /** Stores that hold only what others' events say, and can be rebuilt from them (docs/adr/0026). */
  views?: Type<unknown>[];
  /**
   * From the beginning of a batch of events to the next, at least, in ms; 28 when not given. Longer where nobody waits for
   * what is read: fewer and larger batches cost everybody less.
   */
  gatherMs?: number;
  /** Whether the keys of inputs are followed, to read words of other services. */
  keys?: boolean;
}

/** Everything a service needs to publish and take events; `forService` says what is its own. */
@Module({})
export class MessagingModule {
  static forService(options: ServiceMessaging): DynamicModule {
    return {
      module: MessagingModule,
      global: true,
      imports: [DiscoveryModule],
      controllers: [
        OpsController,
        ReplayController,
        TrailsController,
        ...(options.views ? [RebuildController] : []),
      ],
      providers: [
        Messaging,
        ...options.stores,
        { provide: KeyRing, inject: [DATABASE], useFactory: (db: Db) => new KeyRing(db) },
        {
          provide: Runtime,
          inject: [Messaging, ModuleRef, DiscoveryService, KeyRing, Health],
          useFactory: (
            messaging: Messaging,
            modules: ModuleRef,
            discovery: DiscoveryService,
            keyRing: KeyRing,
            health: Health,
          ) =>
            new Runtime({
              messaging,
              // Looked up at start: while modules are built, stores are not there yet.
              get targets() {
                return targetsOf(options, modules);
              },
              topics: options.topics,
              gatherMs: options.gatherMs,
              get views() {
                return options.views ? viewsOf(options, modules, discovery) : undefined;
              },
              keyRing: options.keys ? keyRing : undefined,
              prepare: prepareAll(discovery),
              get wakings() {
                return wakingsOf(discovery, modules);
              },
              health,
            }),
        },
        {
          provide: TRANSPORT,
          inject: [Runtime],
          useFactory: (runtime: Runtime) => new EventStrategy(runtime),
        },
      ],
      exports: [Messaging, KeyRing, Runtime, ...options.stores],
    };
  }
}

/** Refreshes the snapshots that consumers declare; who has one is looked up once. */
function prepareAll(discovery: DiscoveryService): (districts: District[]) => Promise<void> {
  let prepared: Prepares[] | undefined;
  return async (districts) => {
    prepared ??= instancesOf(discovery).filter((one): one is Prepares => 'prepare' in one);
    for (const consumer of prepared) await consumer.prepare(districts);
  };
}

function targetsOf({ reads }: ServiceMessaging, modules: ModuleRef): Targets {
  const store = (type: Type<unknown>): AnyStore =>
    modules.get<AnyStore>(type as StoreType as unknown as Type<AnyStore>, { strict: false });
  const targets: Targets = {};
  for (const [key, read] of Object.entries(reads) as [
    KeyField,
    NonNullable<ServiceMessaging['reads'][KeyField]>,
  ][]) {
    targets[key] = 'store' in read ? { store: store(read.store), only: read.only } : { store: store(read) };
  }
  return targets;
}

/** The targets that are views, and who makes anew what is derived from them. */
function viewsOf(
  options: ServiceMessaging,
  modules: ModuleRef,
  discovery: DiscoveryService,
): NonNullable<RuntimeParts['views']> {
  const stores = new Set((options.views ?? []).map((type) => modules.get<AnyStore>(type, { strict: false })));
  const all = Object.entries(targetsOf(options, modules));
  const targets: Targets = Object.fromEntries(all.filter(([, { store }]) => stores.has(store)));
  return {
    targets,
    async derive(district) {
      for (const instance of instancesOf(discovery)) {
        for (const { store: type, name } of marksOf(REBUILT, instance)) {
          if (!stores.has(modules.get<AnyStore>(type, { strict: false }))) continue;
          await (instance as Record<string, (of: District) => Promise<void>>)[name]!(district);
        }
      }
    },
  };
}

interface Mark {
  store: Type<AnyStore>;
  name: string;
}

function marksOf(kind: string, instance: object): Mark[] {
  return (Reflect.getOwnMetadata(kind, instance.constructor) ?? []) as Mark[];
}

function instancesOf(discovery: DiscoveryService): object[] {
  return discovery
    .getControllers()
    .flatMap((wrapper) =>
      wrapper.instance && typeof wrapper.instance === 'object' ? [wrapper.instance as object] : [],
    );
}

/** Clocks and couriers, by store. */
function wakingsOf(discovery: DiscoveryService, modules: ModuleRef): Waking[] {
  const wakings = new Map<AnyStore, Waking>();
  for (const instance of instancesOf(discovery)) {
    for (const kind of [WAKE, WORK]) {
      for (const { store: type, name } of marksOf(kind, instance)) {
        const store = modules.get<AnyStore>(type, { strict: false });
        const waking = wakings.get(store) ?? { store };
        const method = (instance as Record<string, (...args: unknown[]) => unknown>)[name]!.bind(instance);
        if (kind === WAKE) waking.wake = method as Waking['wake'];
        else waking.work = method as Waking['work'];
        wakings.set(store, waking);
      }
    }
  }
  return [...wakings.values()];
}

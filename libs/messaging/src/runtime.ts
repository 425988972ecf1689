import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { events, publishers } from '#contracts';
import type { Publisher } from '#contracts';
import { trustedDistrict, withTrace } from '#platform';
import type { District, Health } from '#platform';
import { Batch } from './consume/batch.js';
import type { Fetched } from './consume/batch.js';
import { Effects } from './consume/effects.js';
import type { AnyStore, Handle, Targets } from './consume/effects.js';
import { EventConsumer } from './consume/event-consumer.js';
import { ParkedEvents } from './consume/parked.js';
import { ParkedRetries } from './consume/parked-retries.js';
import type { Transport } from './consume/strategy.js';
import { ReplayWorker } from './ops/replay-worker.js';
import { Replays } from './ops/replays.js';
import { ensureTopics, keyTopic, republishTopic, topicOf, topicsOf } from './kafka/topics.js';
import type { Messaging } from './messaging.js';
import { Rebuilder } from './rebuild/rebuilder.js';
import { Rebuilds } from './rebuild/rebuilds.js';
import { RepublishAll } from './rebuild/republish-all.js';
import { RequestTopic, recordIn } from './rebuild/request-topic.js';
import type { KeyRing } from './sealing/key-ring.js';
import { documentId } from './store/document.js';
import { WakeWorker } from './wake/wake-worker.js';
import type { Waking } from './wake/wake-worker.js';

/**
 * When the steps of stopping are left as they are, in ms since it began: first what reads and works, then what sends,
 * then the leases. A supervisor gives ten seconds for all of it, and requests in hand and the database come after this.
 */
const stopBy = { working: 4_500, sending: 7_000, leases: 7_500 };

export interface RuntimeParts {
  messaging: Messaging;
  targets: Targets;
  topics: Publisher[];
  gatherMs: number | undefined;
  /** The targets that can be rebuilt, and what makes anew what is derived from them. */
  views: { targets: Targets; derive(district: District): Promise<void> } | undefined;
  keyRing: KeyRing | undefined;
  prepare: (districts: District[]) => Promise<void>;
  wakings: Waking[];
  health: Health;
}

/** Starts and stops everything of messaging in a service, in the right order. */
export class Runtime implements Transport {
  private readonly logger = new Logger('messaging');
  readonly parked: ParkedEvents;
  retries: ParkedRetries | undefined;
  readonly replays: Replays;
  replayWorker: ReplayWorker | undefined;
  private consumer: EventConsumer | undefined;
  private wake: WakeWorker | undefined;
  private requests: RequestTopic | undefined;
  republishAll: RepublishAll | undefined;
  rebuilder: Rebuilder | undefined;

  constructor(private readonly parts: RuntimeParts) {
    this.parked = new ParkedEvents(parts.messaging.db);
    this.replays = new Replays(parts.messaging.db);
  }

  get stores(): AnyStore[] {
    return this.parts.messaging.stores;
  }

  async start(handle: Handle): Promise<void> {
    const { messaging, targets, topics, gatherMs, keyRing, prepare, wakings, health } = this.parts;
    const { kafka, service, publisher, stores } = messaging;
    const own = (publishers as readonly string[]).includes(service) ? topicsOf(service as Publisher) : [];
    const read = [
      ...topics.map(topicOf),
      ...(keyRing ? [keyTopic()] : []),
      ...(publisher ? [republishTopic()] : []),
    ];
    await Promise.all([
      ensureTopics(kafka, [...new Set([...own, ...read, keyTopic(), republishTopic()])]),
      this.parked.ensureIndexes(),
      this.replays.ensureIndexes(),
      ...stores.map((store) => store.ensureIndexes()),
    ]);
    await publisher?.start();
    messaging.sweep?.start();
    const effects = new Effects(handle, withTrace, (store, document) => messaging.written(store, document));
    const batch = new Batch(targets, effects, this.parked, prepare);
    this.retries = new ParkedRetries(kafka, this.parked, batch, messaging.leases);
    await this.startRebuilding(handle);
    if (read.length > 0) {
      this.consumer = new EventConsumer(
        kafka,
        service,
        read,
        batch,
        (topic, fetched) => this.notEvents(topic, fetched),
        (why) => this.die(why),
        gatherMs,
      );
      await this.consumer.start();
      this.retries.start();
      this.replayWorker = new ReplayWorker(this.replays, this.parked, this.retries, messaging.leases);
      this.replayWorker.start();
    }
    this.wake = new WakeWorker(wakings, messaging.leases);
    messaging.onDue = () => this.wake?.nudge();
    this.wake.start();
    health.add('kafka', () => publisher?.trouble() ?? this.consumer?.trouble());
  }

  async stop(): Promise<void> {
    const { messaging } = this.parts;
    const begun = Date.now();
    const ended = (name: string, by: keyof typeof stopBy, step: Promise<unknown> | undefined) =>
      this.ended(name, begun + stopBy[by], step);
    await Promise.all([
      ended('the consumer', 'working', this.consumer?.stop()),
      ended('the rebuild', 'working', this.rebuilder?.stop()),
      ended('sending everything again', 'working', this.republishAll?.stop()),
      ended('replays and retries', 'working', this.stopRetries()),
      ended('the clocks', 'working', this.wake?.stop()),
      ended('the sweep', 'working', messaging.sweep?.stop()),
    ]);
    // The publisher last, for what they still wrote.
    await Promise.all([
      ended('the topic of requests', 'sending', this.requests?.close()),
      ended('the publisher', 'sending', messaging.publisher?.stop()),
    ]);
    await ended('the leases', 'leases', messaging.leases.release());
  }

  /** Waits for a step of stopping, but not for ever: what it leaves is guarded by versions, and done again. */
  private async ended(name: string, until: number, step: Promise<unknown> | undefined): Promise<void> {
    const late = pause(Math.max(0, until - Date.now()), 'late', { ref: false });
    try {
      if ((await Promise.race([step, late])) === 'late')
        this.logger.error({ msg: `${name} had not stopped in time and is left as it is` });
    } catch (error) {
      this.logger.error({ msg: `${name} could not be stopped in order: ${(error as Error).message}` });
    }
  }

  /** Replays drain through the retries, whose producer goes after them. */
  private async stopRetries(): Promise<void> {
    await this.replayWorker?.stop();
    await this.retries?.stop();
  }

  /** An owner sends everything again when it is asked to; a reader rebuilds its views from that and the topics. */
  private async startRebuilding(handle: Handle): Promise<void> {
    const { messaging, views, topics, keyRing, prepare } = this.parts;
    this.requests = new RequestTopic(messaging.kafka);
    if (messaging.publisher) {
      this.republishAll = new RepublishAll(messaging, this.requests);
      await this.republishAll.ensureIndexes();
      this.republishAll.start();
    }
    if (!views) return;
    const { targets, derive } = views;
    const about = events.filter(({ contract }) => targets[contract.key]);
    const publishers = new Set<Publisher>(about.flatMap(({ contract }) => [...contract.publishers]));
    this.rebuilder = new Rebuilder(
      {
        messaging,
        targets,
        publishers: topics.filter((topic) => publishers.has(topic)),
        beside: {
          topics: keyRing ? [keyTopic()] : [],
          take: (topic, fetched) => this.notEvents(topic, fetched),
        },
        prepare,
        handle,
      },
      new Rebuilds(messaging.db, messaging.instance),
      this.requests,
      derive,
    );
    await this.rebuilder.start();
  }

  /** Sends the events about a key again: same ids, same numbers. @returns whether this service has that document. */
  async republish(district: District, key: string): Promise<boolean> {
    const { stores, publisher } = this.parts.messaging;
    let found = false;
    for (const store of stores) {
      const document = (await store.fetchAll([documentId(district, key)])).get(documentId(district, key));
      if (!document || document.count === 0) continue;
      publisher?.again(this.parts.messaging.collection(store.name), document, key);
      found = true;
    }
    return found;
  }

  /** Records of the key topic and requests to publish again; true when the topic was one of these. */
  private async notEvents(topic: string, fetched: Fetched[]): Promise<boolean> {
    if (topic === keyTopic()) {
      const records = fetched.map(({ message }) => ({
        id: message.key?.toString() ?? '',
        wrapped: message.value?.toString() ?? null,
      }));
      await this.parts.keyRing?.take(records.filter((record) => record.id !== ''));
      return true;
    }
    if (topic !== republishTopic()) return false;
    for (const { message } of fetched) await this.republishRequest(message.value?.toString() ?? '');
    return true;
  }

  private async republishRequest(json: string): Promise<void> {
    const request = recordIn(json);
    if (!request) return this.logger.warn({ msg: 'a request to publish again is no JSON object; skipped' });
    if (request.publisher !== this.parts.messaging.service) return;
    if (request.all === true)
      return this.republishAll?.asked(String(request.request), String(request.district));
    await this.republish(trustedDistrict(String(request.district)), String(request.key));
  }

  /** A consumer that stopped is dead: the supervisor starts a new process. */
  private die(reason: string): void {
    this.logger.error({ msg: `${reason}; exiting so that the supervisor restarts this service` });
    setTimeout(() => process.exit(70), 100).unref();
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Collection, Document } from 'mongodb';
import type { Kafka, Producer, TopicMessages } from 'kafkajs';
import { eventClass } from '#contracts';
import type { Publisher as PublisherName } from '#contracts';
import type { District } from '#platform';
import { crashPoint } from '../crash-point.js';
import { isRefused } from '../kafka/refused.js';
import { keyTopic, ownTopic, topicOf } from '../kafka/topics.js';
import type { NumberedEvent, Published, StoredEvent } from '../store/document.js';
import { Marks } from './marks.js';
import { Shipment, keyMessage, mostEvents } from './shipment.js';
import type { Parcel } from './shipment.js';
import { validateEvent } from './validate.js';
import { toMessage } from './wire.js';

interface Entry extends Parcel {
  collection: Collection<Document>;
  _id: string;
  /** All events that this instance knows to be unpublished, oldest first. */
  events: StoredEvent[];
  inFlight: boolean;
  /** On the clock of `performance`. */
  offeredAt: number;
}

const sendsInFlight = 2;
/** How long what comes waits for a send that is under way; mostly that is answered before. */
const gatherMs = 10;
/**
 * Fewer and larger sends are cheaper, here and for the broker. Each document of a send puts the next one off by so long,
 * so that the pauses grow from 250 documents a second on and die away below. A backlog waits for nothing.
 */
const pauses = { msPerDocument: 4, atMostMs: 80 };
/** How long after it was offered a key may go out without asking whether its input was erased meanwhile. */
const keyIsFreshMs = 1_000;
/** Documents of which it was told that they cannot be sent, so that each is told once. */
const toldLimit = 1_000;
/** How long stopping waits for what is not sent yet; another instance's sweep sends the rest. */
const flushMs = 2_000;
/** Documents waiting in memory; beyond it the sweep finds them again. */
const queueLimit = 20_000;
/** Documents whose published mark this instance remembers without asking the database. */
const rememberedLimit = 50_000;

/**
 * Sends documents' unpublished events, oldest first, all of them each time: an instance that stalled between write
 * and publish may have been overtaken, and sending only one's own event would skip another's for good.
 */
export class EventPublisher {
  private readonly logger = new Logger('publisher');
  private readonly producer: Producer;
  private readonly queue = new Map<string, Entry>();
  private readonly sent = new Map<string, number>();
  private readonly marks = new Marks();
  private sends = 0;
  /** So many of the next sends carry one event: what Kafka refused among many is found by itself. */
  private singles = 0;
  private readonly told = new Set<string>();
  /** Before this instant of the clock of `performance` nothing is sent that is no backlog. */
  private nextSendAt = 0;
  private later: NodeJS.Timeout | undefined;
  private connected = false;
  private stopping = false;
  private failingSince: number | undefined;

  constructor(
    kafka: Kafka,
    private readonly name: PublisherName,
    private readonly limit = queueLimit,
  ) {
    this.producer = kafka.producer({
      allowAutoTopicCreation: false,
      maxInFlightRequests: 5,
      retry: { retries: 3 },
    });
  }

  async start(): Promise<void> {
    await this.producer.connect();
    this.connected = true;
    this.pump();
  }

  /** Takes a document just written, or found pending by the sweep. Never waits. */
  offer(collection: Collection<Document>, document: Published): void {
    const key = `${collection.collectionName}/${document._id}`;
    const from = Math.max(document.mark, this.sent.get(key) ?? 0);
    const events = document.events.filter((event) => event.n > from);
    if (events.length === 0) {
      // Published, but the mark was lost with the instance that sent it.
      if (document.count > 0) this.marks.move(key, collection, document._id, document.count);
      return;
    }
    this.put(key, entryOf(collection, document, events));
  }

  /** Sends a document's events about a key again, whatever its mark says: same ids, same numbers. */
  again(collection: Collection<Document>, document: Published, key: string): void {
    const events = document.events.filter((event) => event.key === key);
    if (events.length === 0) return;
    this.put(
      `again/${collection.collectionName}/${document._id}/${key}`,
      entryOf(collection, document, events),
    );
  }

  /**
   * Sends the events of these documents again, in sends of a bounded size, and returns once Kafka has them: for whoever
   * repeats very many at a pace of its own. Those that this build does not know are left out, with what follows them.
   */
  async resend(documents: (Parcel & { _id: string })[]): Promise<void> {
    let shipment = new Shipment(this.name);
    for (const document of documents) {
      let { events } = document;
      while (events.length > 0) {
        const taken = shipment.take({ ...document, events });
        events = events.slice(taken.length);
        if (shipment.full) {
          await this.deliver(shipment.topicMessages());
          shipment = new Shipment(this.name);
        } else if (events.length > 0) {
          this.tell(document._id, `${events[0]!.type} is not an event of this build`);
          break;
        }
      }
    }
    if (shipment.size > 0) await this.deliver(shipment.topicMessages());
  }

  /**
   * Whoever was erased between the reading of these documents and the sending of their keys: a key that went out after
   * its tombstone must not be the last word on the compacted topic.
   */
  async buryKeys(collection: Collection<Document>, ids: string[]): Promise<void> {
    const erased = (await collection
      .find({ _id: { $in: ids as never[] }, secret: { $exists: false } })
      .project({ district: 1, events: 1 })
      .toArray()) as unknown as Published[];
    const tombstones = erased.flatMap(({ district, events }) =>
      events.filter(({ type }) => type === 'input.erased').map(({ key }) => keyMessage(district, key, null)),
    );
    if (tombstones.length > 0) await this.deliver([{ topic: keyTopic(), messages: tombstones }]);
  }

  /**
   * Sends events that no document keeps, and returns once Kafka has them. Their owner makes them of what it has stored,
   * the same with the same numbers each time, and notes only afterwards that they were sent. They are asked for as they
   * are sent, so that a million of them need not be there at once.
   * @throws ContractBroken for one that breaks its contract; it is not sent, nor what was to be sent with it.
   */
  async sendNumbered(district: District, events: Iterable<NumberedEvent>): Promise<void> {
    for (const some of inBatches(events)) {
      for (const { type, data } of some) validateEvent(eventClass(type)!, { type, ...data }, true);
      const byTopic = Map.groupBy(some, ({ type }) => eventClass(type)!.contract.topic);
      const topicMessages = [...byTopic].map(([own, alike]) => ({
        topic: own ? ownTopic(own) : topicOf(this.name),
        messages: alike.map((event) => toMessage(this.name, district, { n: 0, ...event })),
      }));
      await this.deliver(topicMessages);
    }
  }

  /** What is wrong, in one line, when no send has succeeded for ten seconds. */
  trouble(): string | undefined {
    if (!this.connected) return 'the Kafka producer is not connected';
    return this.failingSince && Date.now() - this.failingSince > 10_000 ? 'Kafka takes no events' : undefined;
  }

  knows(collection: Collection<Document>, _id: string): boolean {
    const key = `${collection.collectionName}/${_id}`;
    return this.queue.has(key) || this.marks.has(key);
  }

  get waiting(): number {
    return this.queue.size;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const until = Date.now() + flushMs;
    while ((this.queue.size > 0 || this.sends > 0) && this.failingSince === undefined && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    clearTimeout(this.later);
    await this.marks.stop();
    // It waits for answers that are owed; a broker that gives none is not waited for.
    await Promise.race([this.producer.disconnect(), pause(flushMs, undefined, { ref: false })]);
  }

  private put(key: string, entry: Entry): void {
    const there = this.queue.get(key);
    if (there) {
      const last = there.events.at(-1)?.n ?? 0;
      there.events.push(...entry.events.filter((event) => event.n > last));
      if (entry.secret) there.secret = entry.secret;
      else if (entry.events.some((event) => event.type === 'input.erased')) delete there.secret;
      this.pump();
      return;
    }
    if (this.queue.size >= this.limit) return;
    this.queue.set(key, entry);
    this.pump();
  }

  private pump(late = false): void {
    if (!this.connected || this.sends >= sendsInFlight || this.queue.size === 0) return;
    // A small send costs nearly as much as a large one: what comes while one is under way shares the next, unless there
    // is a backlog, or the one takes long.
    const waitMs = Math.max(this.sends > 0 && !late ? gatherMs : 0, this.nextSendAt - performance.now());
    if (waitMs > 0 && this.queue.size < 2 * mostEvents) {
      this.later ??= setTimeout(() => {
        this.later = undefined;
        this.pump(true);
      }, waitMs);
      return;
    }
    // What is offered in the same turn of the event loop shares a send.
    this.sends += 1;
    setImmediate(() => void this.send());
  }

  private async send(): Promise<void> {
    const shipment = new Shipment(this.name, this.singles > 0 ? 1 : mostEvents);
    if (this.singles > 0) this.singles -= 1;
    const batch: [string, Entry, StoredEvent[]][] = [];
    for (const [key, entry] of this.queue) {
      if (entry.inFlight) continue;
      // What could not be sent before goes alone, so that nothing is refused with it.
      const isSuspect = this.told.has(key);
      if (isSuspect && batch.length > 0) continue;
      const events = shipment.take(entry);
      if (events.length > 0) {
        entry.inFlight = true;
        batch.push([key, entry, events]);
      }
      if (shipment.full) break;
      if (isSuspect && events.length > 0) break;
      if (events.length === 0) this.setAside(key, `${entry.events[0]!.type} is not an event of this build`);
    }
    const pauseMs = Math.min(pauses.msPerDocument * (batch.length - 1), pauses.atMostMs);
    this.nextSendAt = Math.max(this.nextSendAt, performance.now() + pauseMs);
    try {
      if (batch.length > 0) {
        await this.deliver(shipment.topicMessages());
        await this.buryLateKeys(batch);
        this.failingSince = undefined;
      }
      for (const one of batch) this.sentOne(...one);
    } catch (error) {
      for (const [, entry] of batch) entry.inFlight = false;
      if (isRefused(error)) this.refused(batch, shipment, error);
      else {
        this.failingSince ??= Date.now();
        this.logger.warn({ msg: `sending failed, will be sent again: ${(error as Error).message}` });
        await new Promise((resolve) => setTimeout(resolve, this.stopping ? 0 : 500));
      }
    } finally {
      this.sends -= 1;
      if (this.hasSomethingToSend() && !(this.stopping && this.failingSince)) this.pump();
    }
  }

  /** Kafka is there and will never take this: found among many one by one, and then nothing waits for it. */
  private refused(batch: [string, Entry, StoredEvent[]][], { size }: Shipment, error: unknown): void {
    const [[key, entry, events]] = batch as [[string, Entry, StoredEvent[]]];
    if (size > 1) this.singles += size;
    else this.setAside(key, `event ${events[0]!.n} of ${entry._id} is refused: ${(error as Error).message}`);
  }

  /** It stays unpublished where it is stored, and the sweep offers it again: another build, or other limits, may take it. */
  private setAside(key: string, reason: string): void {
    this.queue.delete(key);
    this.tell(key, reason);
  }

  private tell(what: string, reason: string): void {
    if (this.told.has(what)) return;
    if (this.told.size >= toldLimit) this.told.clear();
    this.told.add(what);
    this.logger.error({ msg: `${what} cannot be published, nor what follows in it: ${reason}` });
  }

  private async buryLateKeys(batch: [string, Entry, StoredEvent[]][]): Promise<void> {
    const before = performance.now() - keyIsFreshMs;
    const late = batch.filter(
      ([, { secret, offeredAt }, events]) =>
        secret && offeredAt < before && events.some(({ type }) => type === 'input.raised'),
    );
    for (const [collection, some] of Map.groupBy(late, ([, entry]) => entry.collection))
      await this.buryKeys(
        collection,
        some.map(([, { _id }]) => _id),
      );
  }

  /** Without a copy: under a backlog the queue holds thousands. */
  private hasSomethingToSend(): boolean {
    for (const entry of this.queue.values()) if (!entry.inFlight) return true;
    return false;
  }

  private async deliver(topicMessages: TopicMessages[]): Promise<void> {
    crashPoint('before publish');
    await this.producer.sendBatch({ topicMessages, acks: -1 });
    crashPoint('after publish');
  }

  private sentOne(key: string, entry: Entry, events: StoredEvent[]): void {
    const last = events.at(-1)!.n;
    entry.events = entry.events.filter((event) => event.n > last);
    entry.inFlight = false;
    if (entry.events.length === 0) this.queue.delete(key);
    if (key.startsWith('again/')) return;
    this.sent.delete(key);
    this.sent.set(key, last);
    if (this.sent.size > rememberedLimit) this.sent.delete(this.sent.keys().next().value as string);
    this.marks.move(key, entry.collection, entry._id, last);
  }
}

function entryOf(
  collection: Collection<Document>,
  { _id, district, secret }: Published,
  events: StoredEvent[],
): Entry {
  const offeredAt = performance.now();
  return { collection, _id, district, events, inFlight: false, offeredAt, ...(secret && { secret }) };
}

function* inBatches(events: Iterable<NumberedEvent>): Generator<NumberedEvent[]> {
  let some: NumberedEvent[] = [];
  for (const event of events) {
    some.push(event);
    if (some.length < mostEvents) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}

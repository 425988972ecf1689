import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Collection, Document } from 'mongodb';
import type { Kafka, Message, Producer, TopicMessages } from 'kafkajs';
import { eventClass } from '#contracts';
import type { Publisher as PublisherName } from '#contracts';
import type { District } from '#platform';
import { crashPoint } from '../crash-point.js';
import { keyTopic, ownTopic, topicOf } from '../kafka/topics.js';
import type { NumberedEvent, Published, StoredEvent } from '../store/document.js';
import { validateEvent } from './validate.js';
import { messageKey, toMessage } from './wire.js';

interface Entry {
  collection: Collection<Document>;
  _id: string;
  district: District;
  /** All events that this instance knows to be unpublished, oldest first. */
  events: StoredEvent[];
  secret?: string;
  inFlight: boolean;
}

const batchEvents = 500;
const sendsInFlight = 2;
/** How long what comes waits for a send that is under way; mostly that is answered before. */
const gatherMs = 10;
/**
 * Fewer and larger sends are cheaper, here and for the broker. Each document of a send puts the next one off by so long,
 * so that the pauses grow from 250 documents a second on and die away below. A backlog waits for nothing.
 */
const pauses = { msPerDocument: 4, atMostMs: 80 };
/** From the first mark that is to be moved until all are. No clock: a service at rest does not wake up for it. */
const marksAfterMs = 500;
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
  private readonly marks = new Map<string, { collection: Collection<Document>; _id: string; n: number }>();
  private sends = 0;
  /** Before this instant of the clock of `performance` nothing is sent that is no backlog. */
  private nextSendAt = 0;
  private timer: NodeJS.Timeout | undefined;
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
      if (document.count > 0) this.mark(key, collection, document._id, document.count);
      return;
    }
    this.put(key, {
      collection,
      _id: document._id,
      district: document.district,
      events,
      inFlight: false,
      ...(document.secret && { secret: document.secret }),
    });
  }

  /** Sends a document's events again from `fromSeq` of a key, whatever its mark says: same ids, same numbers. */
  again(collection: Collection<Document>, document: Published, key: string, fromSeq: number): void {
    const events = document.events.filter((event) => event.key === key && event.seq >= fromSeq);
    if (events.length === 0) return;
    const queueKey = `again/${collection.collectionName}/${document._id}/${key}`;
    this.put(queueKey, {
      collection,
      _id: document._id,
      district: document.district,
      events,
      inFlight: false,
      ...(document.secret && { secret: document.secret }),
    });
  }

  /** Sends these events again and returns once Kafka has them: for whoever repeats very many at a pace of its own. */
  async resend(documents: Pick<Published, '_id' | 'district' | 'secret' | 'events'>[]): Promise<void> {
    if (documents.some(({ events }) => events.length > 0))
      await this.sendBatch(documents.map((document) => [document._id, document, document.events]));
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

  /** What is wrong, in one line, when nothing could be sent for ten seconds. */
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
    clearTimeout(this.timer);
    const until = Date.now() + flushMs;
    while ((this.queue.size > 0 || this.sends > 0) && this.failingSince === undefined && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    clearTimeout(this.later);
    await this.flushMarks();
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
    if (waitMs > 0 && this.queue.size < 2 * batchEvents) {
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
    const batch: [string, Entry, StoredEvent[]][] = [];
    let size = 0;
    for (const [key, entry] of this.queue) {
      if (entry.inFlight) continue;
      const events = entry.events.slice();
      entry.inFlight = true;
      batch.push([key, entry, events]);
      size += events.length;
      if (size >= batchEvents) break;
    }
    const pauseMs = Math.min(pauses.msPerDocument * (batch.length - 1), pauses.atMostMs);
    this.nextSendAt = Math.max(this.nextSendAt, performance.now() + pauseMs);
    try {
      if (batch.length > 0) await this.sendBatch(batch);
      for (const one of batch) this.sentOne(...one);
      this.failingSince = undefined;
    } catch (error) {
      this.failingSince ??= Date.now();
      this.logger.warn({ msg: `sending failed, will be sent again: ${(error as Error).message}` });
      for (const [, entry] of batch) entry.inFlight = false;
      await new Promise((resolve) => setTimeout(resolve, this.stopping ? 0 : 500));
    } finally {
      this.sends -= 1;
      if (this.hasSomethingToSend() && !(this.stopping && this.failingSince)) this.pump();
    }
  }

  /** Without a copy: under a backlog the queue holds thousands. */
  private hasSomethingToSend(): boolean {
    for (const entry of this.queue.values()) if (!entry.inFlight) return true;
    return false;
  }

  private async sendBatch(
    batch: [string, Pick<Entry, 'district' | 'secret'>, StoredEvent[]][],
  ): Promise<void> {
    const messages: Message[] = [];
    const keys: Message[] = [];
    for (const [, entry, events] of batch) {
      for (const event of events) {
        messages.push(toMessage(this.name, entry.district, event));
        if (event.type === 'input.raised' && entry.secret)
          keys.push(keyMessage(entry.district, event.key, entry.secret));
        if (event.type === 'input.erased') keys.push(keyMessage(entry.district, event.key, null));
      }
    }
    // In one request, so that a reader that has the event can nearly always read its words; one that is early waits.
    const topicMessages = [
      ...(keys.length > 0 ? [{ topic: keyTopic(), messages: keys }] : []),
      { topic: topicOf(this.name), messages },
    ];
    await this.deliver(topicMessages);
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
    this.mark(key, entry.collection, entry._id, last);
  }

  private mark(key: string, collection: Collection<Document>, _id: string, n: number): void {
    const known = this.marks.get(key)?.n ?? 0;
    this.marks.set(key, { collection, _id, n: Math.max(known, n) });
    if (!this.stopping) this.timer ??= setTimeout(() => void this.flushMarks(), marksAfterMs);
  }

  /** Moves the marks in bulk, half a second after the first of them. Losing one only repeats events. */
  private async flushMarks(): Promise<void> {
    this.timer = undefined;
    const byCollection = Map.groupBy(this.marks.values(), (one) => one.collection);
    this.marks.clear();
    for (const [collection, marks] of byCollection) {
      for (const [n, alike] of Map.groupBy(marks, (one) => one.n)) {
        crashPoint('before mark');
        try {
          await moveMarks(
            collection,
            alike.map(({ _id }) => _id),
            n,
          );
          crashPoint('after mark');
        } catch (error) {
          this.logger.warn({ msg: `marks not moved, events will repeat: ${(error as Error).message}` });
        }
      }
    }
  }
}

function* inBatches(events: Iterable<NumberedEvent>): Generator<NumberedEvent[]> {
  let some: NumberedEvent[] = [];
  for (const event of events) {
    some.push(event);
    if (some.length < batchEvents) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}

/**
 * Marks documents as published up to their n-th event: one command for all that are so far, because a mark each cost
 * the database more than the write that it belongs to. `pending` goes only where no later event came; there the mark
 * still moves.
 */
async function moveMarks(collection: Collection<Document>, ids: string[], n: number): Promise<void> {
  const marked = { _id: { $in: ids as never[] } };
  const unsafe = { writeConcern: { w: 1, journal: false } };
  const { matchedCount } = await collection.updateMany(
    { ...marked, count: n },
    { $set: { mark: n }, $unset: { pending: '' } },
    unsafe,
  );
  if (matchedCount < ids.length) await collection.updateMany(marked, { $max: { mark: n } }, unsafe);
}

function keyMessage(district: District, inputId: string, wrapped: string | null): Message {
  return {
    key: messageKey(district, inputId),
    value: wrapped,
    headers: { ce_district: district, ce_key: inputId },
  };
}

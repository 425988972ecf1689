import { Logger } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import type { Collection } from 'mongodb';
import type { Publisher } from '#contracts';
import { trustedDistrict } from '#platform';
import type { District } from '#platform';
import type { Messaging } from '../messaging.js';
import type { AggregateDocument } from '../store/document.js';
import type { RequestTopic } from './request-topic.js';

/** A request to send everything of a district again, and how far it is. Kept for a week, so that a repeat is known. */
interface Job {
  _id: string;
  district: District;
  /** The last document whose events Kafka has. */
  after?: { store: string; id: string };
  documents: number;
  events: number;
  askedAt: Date;
  doneAt?: Date;
}

/** Live events share the publisher's connection: so many a second leave them most of it. */
const eventsPerSecond = 2_000;
const documentsAtOnce = 50;
/** Waiting live documents above which a page waits, too. */
const busyQueue = 1_000;
/** Stands where a store's name does, behind all of them, for events that no document keeps. */
const beside = '~numbered';
const lookEveryMs = 15_000;
const leaseMs = 15_000;
const tellEveryMs = 1_500;
const keptSeconds = 7 * 24 * 3_600;

/**
 * Sends the events of all of an owner's documents of a district again, same ids and numbers, for readers that lost
 * theirs or find them no more on the topic. In pages, each noted once Kafka has it: whoever comes after a kill goes on
 * there. Everyone who knows the events skips them.
 */
export class RepublishAll {
  private readonly logger = new Logger('republish');
  private readonly jobs: Collection<Job>;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly messaging: Messaging,
    private readonly topic: RequestTopic,
  ) {
    this.jobs = messaging.db.collection<Job>('republishings', {
      writeConcern: { w: 'majority', journal: true },
    });
  }

  async ensureIndexes(): Promise<void> {
    await this.jobs.createIndex({ doneAt: 1 }, { expireAfterSeconds: keptSeconds });
  }

  start(): void {
    this.timer = setInterval(() => this.look(), lookEveryMs);
    this.look();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  /** Takes a request, durably. */
  async asked(request: string, district: string): Promise<void> {
    const job = { district: trustedDistrict(district), documents: 0, events: 0, askedAt: new Date() };
    const before = await this.jobs.findOneAndUpdate(
      { _id: request },
      { $setOnInsert: job },
      { upsert: true, returnDocument: 'before' },
    );
    if (before?.doneAt) await this.tell(before, true);
    else this.look();
  }

  private look(): void {
    this.running ??= this.work()
      .catch((error: unknown) =>
        this.logger.warn({ msg: `sending all again stopped, goes on in 15 s: ${(error as Error).message}` }),
      )
      .finally(() => (this.running = undefined));
  }

  private async work(): Promise<void> {
    for (;;) {
      const job = await this.jobs.findOne({ doneAt: { $exists: false } }, { sort: { askedAt: 1 } });
      if (!job || !(await this.mine())) return;
      this.logger.log({ msg: `sending everything of ${job.district} again for ${job._id}` });
      if (!(await this.sendAll(job))) return;
      // Told before it counts as done: a repeat of the request is answered from the record.
      await this.tell(job, true);
      await this.jobs.updateOne({ _id: job._id }, { $set: { doneAt: new Date() } });
      this.logger.log({ msg: `sent ${job.events} events of ${job.documents} documents for ${job._id}` });
    }
  }

  private async mine(): Promise<boolean> {
    return !this.stopped && (await this.messaging.leases.hold('republish', leaseMs));
  }

  /** @returns false when it stopped on the way. */
  private async sendAll(job: Job): Promise<boolean> {
    const names = [...this.messaging.stores.map(({ name }) => name).sort(), beside];
    let toldAt = Date.now();
    for (const name of names.filter((one) => one >= (job.after?.store ?? ''))) {
      for (;;) {
        if (!(await this.mine())) return false;
        const began = Date.now();
        const sent = name === beside ? await this.numbered(job) : await this.page(job, name);
        if (sent === undefined) break;
        if (Date.now() - toldAt > tellEveryMs) {
          await this.tell(job, false);
          toldAt = Date.now();
        }
        await pause(Math.max(0, (sent / eventsPerSecond) * 1_000 - (Date.now() - began)));
        while (this.messaging.publisher!.waiting > busyQueue && !this.stopped) await pause(100);
      }
    }
    return true;
  }

  /** Sends the next documents of a store. @returns how many events; undefined at the store's end. */
  private async page(job: Job, name: string): Promise<number | undefined> {
    const { district } = job;
    const after = job.after?.store === name ? job.after.id : `${district}/`;
    const documents = (await this.messaging
      .collection(name)
      .find({ _id: { $gt: after, $lt: `${district}0` } as never, count: { $gt: 0 } })
      .project({ district: 1, events: 1, secret: 1 })
      .sort({ _id: 1 })
      .limit(documentsAtOnce)
      .toArray()) as unknown as AggregateDocument[];
    if (documents.length === 0) return undefined;
    await this.messaging.publisher!.resend(documents);
    const keys = documents.filter(({ secret }) => secret !== undefined).map(({ _id }) => _id);
    if (keys.length > 0) await this.messaging.publisher!.buryKeys(this.messaging.collection(name), keys);
    const events = documents.reduce((sum, document) => sum + document.events.length, 0);
    job.after = { store: name, id: documents.at(-1)!._id };
    job.documents += documents.length;
    job.events += events;
    await this.jobs.updateOne(
      { _id: job._id },
      { $set: { after: job.after, documents: job.documents, events: job.events } },
    );
    return events;
  }

  /** Sends the next events that no document keeps. @returns how many; undefined when there are no more. */
  private async numbered(job: Job): Promise<number | undefined> {
    const after = job.after?.store === beside ? job.after.id : '';
    const page = await this.messaging.numbered?.page(job.district, after);
    if (!page) return undefined;
    await this.messaging.publisher!.sendNumbered(job.district, page.events);
    job.after = { store: beside, id: page.after };
    job.events += page.events.length;
    await this.jobs.updateOne({ _id: job._id }, { $set: { after: job.after, events: job.events } });
    return page.events.length;
  }

  private tell({ _id, documents, events }: Job, done: boolean): Promise<void> {
    const from = this.messaging.service as Publisher;
    return this.topic.send([{ answer: _id, from, documents, events, done }]);
  }
}

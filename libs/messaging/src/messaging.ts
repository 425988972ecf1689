import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Collection, Db, Document } from 'mongodb';
import type { Publisher } from '#contracts';
import { publishers } from '#contracts';
import { DATABASE, Leases, SERVICE, traceparent } from '#platform';
import type { District } from '#platform';
import type { AnyStore } from './consume/effects.js';
import { kafkaClient } from './kafka/kafka.js';
import { EventPublisher } from './publish/publisher.js';
import { Sweep } from './publish/sweep.js';
import type { AggregateStore } from './store/aggregate-store.js';
import type { AggregateDocument, NumberedEvent } from './store/document.js';

/** Events of an owner that numbers them itself. */
export interface NumberedEvents {
  /** The events after a place, in a fixed order, and where they end; undefined at the end. `after` is '' at first. */
  page(district: District, after: string): Promise<{ events: NumberedEvent[]; after: string } | undefined>;
}

/** What stores share: the database, the publisher of their events, and who to tell of a write. */
@Injectable()
export class Messaging {
  readonly stores: AnyStore[] = [];
  private readonly collections = new Map<string, Collection<Document>>();
  readonly instance: string;
  readonly leases: Leases;
  readonly kafka;
  readonly publisher: EventPublisher | undefined;
  readonly sweep: Sweep | undefined;
  /** Set by a service whose events are not all in documents: all of them again, a page at a time. */
  numbered: NumberedEvents | undefined;
  /** Set by the module once clocks run. */
  onDue: () => void = () => undefined;

  constructor(
    @Inject(DATABASE) readonly db: Db,
    @Inject(SERVICE) readonly service: string,
  ) {
    this.instance = `${service}-${randomUUID()}`;
    this.leases = new Leases(db, this.instance);
    this.kafka = kafkaClient(service);
    if ((publishers as readonly string[]).includes(service)) {
      this.publisher = new EventPublisher(this.kafka, service as Publisher);
      this.sweep = new Sweep(
        db,
        () => this.stores.map((store) => this.collection(store.name)),
        this.publisher,
        this.leases,
      );
    }
  }

  /** Always the same object for a name: marks are gathered by it. */
  collection(name: string): Collection<Document> {
    const known = this.collections.get(name) ?? this.db.collection(name);
    this.collections.set(name, known);
    return known;
  }

  register(store: AggregateStore<unknown, never>): void {
    this.stores.push(store);
  }

  trace(): string {
    return traceparent();
  }

  /** A document was written durably: its events go out now, and clocks that are due look at it now. */
  written(store: { name: string }, document: AggregateDocument<unknown>): void {
    if (document.count > document.mark) this.publisher?.offer(this.collection(store.name), document);
    if (document.wakeAt && document.wakeAt.getTime() <= Date.now()) this.onDue();
  }
}

import { Injectable } from '@nestjs/common';
import { AggregateStore, Messaging } from '#messaging';
import type { District } from '#platform';
import { importAggregate } from './import.js';
import type { Import, ImportEvent } from './import.js';

@Injectable()
export class ImportStore extends AggregateStore<Import, ImportEvent> {
  constructor(messaging: Messaging) {
    super(messaging, importAggregate, {
      indexes: [{ stage: 1, receivedAt: 1 }, { receivedAt: -1 }, { source: 1, receivedAt: -1 }],
    });
  }

  /** Imports that a process works on, or should, oldest first. */
  async atWork(district: District): Promise<Import[]> {
    const where = { stage: { $in: ['received', 'applying'] } };
    const { items } = await this.list(district, { where, sort: { receivedAt: 1 }, limit: 100 });
    return items.map(({ state }) => state);
  }
  /** The first import of a source that came after an instant. */
  async nextOf(district: District, source: string, after: string): Promise<Import | undefined> {
    const where = { source, receivedAt: { $gt: after } };
    const { items } = await this.list(district, { where, sort: { receivedAt: 1 }, limit: 1 });
    return items[0]?.state;
  }
}

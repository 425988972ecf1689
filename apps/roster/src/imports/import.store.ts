import { Injectable } from '@nestjs/common';
import { AggregateStore, Messaging } from '#messaging';
import type { District } from '#platform';
import { importAggregate } from './import.js';
import type { Import, ImportEvent } from './import.js';

@Injectable()
export class ImportStore extends AggregateStore<Import, ImportEvent> {
  constructor(messaging: Messaging) {
    super(messaging, importAggregate, {
      indexes: [
        { stage: 1, receivedAt: 1 },
        { stage: 1, finishedAt: -1 },
      ],
    });
  }

  /** Imports that are not finished, oldest first. */
  async unfinished(district: District): Promise<Import[]> {
    const where = { stage: { $in: ['received', 'applying'] } };
    const { items } = await this.list(district, { where, sort: { receivedAt: 1 }, limit: 100 });
    return items.map(({ state }) => state);
  }

  /** The last import that was applied. */
  async last(district: District): Promise<Import | undefined> {
    const { items } = await this.list(district, {
      where: { stage: 'applied' },
      sort: { finishedAt: -1 },
      limit: 1,
    });
    return items[0]?.state;
  }
}

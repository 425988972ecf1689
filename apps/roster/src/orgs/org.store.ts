import { Injectable } from '@nestjs/common';
import { AggregateStore, Messaging } from '#messaging';
import type { District } from '#platform';
import { orgAggregate } from './org.js';
import type { Org, OrgEvent } from './org.js';

@Injectable()
export class OrgStore extends AggregateStore<Org, OrgEvent> {
  constructor(messaging: Messaging) {
    super(messaging, orgAggregate, {
      indexes: [
        { active: 1, folded: 1 },
        { active: 1, parentId: 1, folded: 1 },
      ],
    });
  }

  /** Every active organisation of a district, by id. A district has thousands at most. */
  async active(district: District): Promise<Map<string, Org>> {
    const all = new Map<string, Org>();
    let cursor: string | undefined;
    do {
      const page = await this.list(district, {
        where: { active: true },
        limit: 500,
        ...(cursor && { cursor }),
      });
      for (const { id, state } of page.items) all.set(id, state);
      cursor = page.next;
    } while (cursor);
    return all;
  }
}

import { Injectable } from '@nestjs/common';
import { RuleBroken } from '#contracts';
import { isSettled } from '#loop';
import { AggregateStore, Messaging } from '#messaging';
import type { Aggregate, Loaded } from '#messaging';
import type { District } from '#platform';
import { evolveConcern, wakeConcernAt } from './concern.js';
import type { Concern, ConcernEvent } from './concern.js';

export const concerns: Aggregate<Concern, ConcernEvent> = {
  name: 'concerns',
  evolve: evolveConcern,
  wakeAt: wakeConcernAt,
  index: ({ roundId, loop }) => ({ roundId, raisedAt: loop.raisedAt, open: !isSettled(loop) }),
};

/** More than a round ever carries; the whole of them is shown at once. */
const mostConcerns = 1_000;

/** A concern's secret is the wrapped key of its input's words. */
@Injectable()
export class ConcernStore extends AggregateStore<Concern, ConcernEvent> {
  constructor(messaging: Messaging) {
    super(messaging, concerns, { indexes: [{ roundId: 1, raisedAt: 1 }] });
  }

  /** The concerns of a round, oldest first. */
  async ofRound(district: District, roundId: string): Promise<Loaded<Concern>[]> {
    const { items } = await this.list(district, {
      where: { roundId },
      sort: { raisedAt: 1 },
      limit: mostConcerns,
    });
    return items;
  }

  /** The concern that a request about this round names in `field`. RuleBroken (422) on any other. */
  async named(
    district: District,
    roundId: string,
    inputId: string,
    field = 'inputId',
  ): Promise<Loaded<Concern>> {
    const concern = await this.load(district, inputId);
    if (concern?.state.roundId === roundId) return concern;
    throw new RuleBroken(field, 'concern-of-this-round', `${field} is not a concern of this round`);
  }
}

import { Injectable } from '@nestjs/common';
import { NotPermitted, Unknown } from '#contracts';
import { AggregateStore, Messaging } from '#messaging';
import type { Aggregate, Loaded } from '#messaging';
import type { Caller } from '#platform';
import { evolveRound } from './round.js';
import type { Round, RoundEvent } from './round.js';

export const rounds: Aggregate<Round, RoundEvent> = {
  name: 'rounds',
  evolve: evolveRound,
  index: ({ representative, openedAt }) => ({ representative, openedAt }),
};

@Injectable()
export class RoundStore extends AggregateStore<Round, RoundEvent> {
  constructor(messaging: Messaging) {
    super(messaging, rounds, { indexes: [{ representative: 1, openedAt: -1 }] });
  }

  /** The round of its representative. Unknown (404) in another district, NotPermitted (403) for another representative. */
  async own(caller: Caller, roundId: string): Promise<Loaded<Round>> {
    const found = await this.load(caller.district, roundId);
    if (!found) throw new Unknown('round');
    if (found.state.representative !== caller.sub) {
      throw new NotPermitted('this round is another representative’s');
    }
    return found;
  }
}

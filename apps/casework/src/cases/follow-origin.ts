import { Consumer, On } from '#messaging';
import type { Given } from '#messaging';
import { calendarOf } from './calendar.js';
import type { Case } from './case.js';
import type { CaseEvent } from './case-event.js';
import { follow, originFacts } from './rules/follow.js';
import type { OriginFact } from './rules/follow.js';

/** What the originator says, and what became of the answer: the case follows its origin. */
@Consumer()
export class FollowOrigin {
  @On(...originFacts)
  said(event: OriginFact, { state, district }: Given<Case>): CaseEvent[] {
    // Its input.raised waits, parked: what follows waits behind it.
    if (!state) throw new Error(`${event.type} came before its input.raised`);
    return follow(state, event, calendarOf(district));
  }
}

import {
  AnswerDelivered,
  AnswerUndeliverable,
  ClosureConfirmed,
  ClosureDisputed,
  ClosureUnconfirmed,
  InputErased,
  InputMessage,
  InputRestricted,
  InputWithdrawn,
} from '#contracts';
import { Consumer, On } from '#messaging';
import type { Given } from '#messaging';
import { calendarOf } from './calendar.js';
import type { Case } from './case.js';
import type { CaseEvent } from './case-event.js';
import { follow } from './rules/follow.js';
import type { OriginFact } from './rules/follow.js';

/** What the originator says, and what became of the answer: the case follows its origin. */
@Consumer()
export class FollowOrigin {
  @On(InputMessage)
  message(event: InputMessage, given: Given<Case>): CaseEvent[] {
    return taken(event, given);
  }

  @On(InputWithdrawn)
  withdrawn(event: InputWithdrawn, given: Given<Case>): CaseEvent[] {
    return taken(event, given);
  }

  @On(InputErased)
  erased(event: InputErased, given: Given<Case>): CaseEvent[] {
    return taken(event, given);
  }

  @On(InputRestricted)
  restricted(event: InputRestricted, given: Given<Case>): CaseEvent[] {
    return taken(event, given);
  }

  @On(AnswerDelivered)
  delivered(event: AnswerDelivered, given: Given<Case>): CaseEvent[] {
    return taken(event, given);
  }

  @On(AnswerUndeliverable)
  undeliverable(event: AnswerUndeliverable, given: Given<Case>): CaseEvent[] {
    return taken(event, given);
  }

  @On(ClosureConfirmed)
  confirmed(event: ClosureConfirmed, given: Given<Case>): CaseEvent[] {
    return taken(event, given);
  }

  @On(ClosureDisputed)
  disputed(event: ClosureDisputed, given: Given<Case>): CaseEvent[] {
    return taken(event, given);
  }

  @On(ClosureUnconfirmed)
  unconfirmed(event: ClosureUnconfirmed, given: Given<Case>): CaseEvent[] {
    return taken(event, given);
  }
}

function taken(event: OriginFact, { state, district }: Given<Case>): CaseEvent[] {
  // Its input.raised waits, parked: what follows waits behind it.
  if (!state) throw new Error(`${event.type} came before its input.raised`);
  return follow(state, event, calendarOf(district));
}

import {
  AnswerDelivered,
  AnswerUndeliverable,
  ClosureConfirmed,
  ClosureDisputed,
  ClosureUnconfirmed,
  InputDescribed,
  InputErased,
  InputMessage,
  InputRaised,
  InputRestricted,
  InputWithdrawn,
  ReportBackOwed,
} from '#contracts';
import { Consumer, On } from '#messaging';
import type { Given } from '#messaging';
import { Recount } from '../rollups/recount.js';
import { learn } from './learn.js';
import type { Row, RowEvent } from './row.js';

/** What the three origins say of their inputs, all in the same words: a fourth origin needs no change here. */
@Consumer()
export class FollowOrigins {
  constructor(private readonly recount: Recount) {}

  /** Before each batch of the service: rows are about to become dirty. */
  prepare(): Promise<void> {
    this.recount.soon();
    return Promise.resolve();
  }

  @On(InputRaised)
  raised(event: InputRaised, given: Given<Row>): RowEvent[] {
    return learn(event, given);
  }

  @On(InputDescribed)
  described(event: InputDescribed, given: Given<Row>): RowEvent[] {
    return learn(event, given);
  }

  @On(InputRestricted)
  restricted(event: InputRestricted, given: Given<Row>): RowEvent[] {
    return learn(event, given);
  }

  @On(InputMessage)
  message(event: InputMessage, given: Given<Row>): RowEvent[] {
    return learn(event, given);
  }

  @On(InputWithdrawn)
  withdrawn(event: InputWithdrawn, given: Given<Row>): RowEvent[] {
    return learn(event, given);
  }

  @On(InputErased)
  erased(event: InputErased, given: Given<Row>): RowEvent[] {
    return learn(event, given);
  }

  @On(AnswerDelivered)
  delivered(event: AnswerDelivered, given: Given<Row>): RowEvent[] {
    return learn(event, given);
  }

  @On(AnswerUndeliverable)
  undeliverable(event: AnswerUndeliverable, given: Given<Row>): RowEvent[] {
    return learn(event, given);
  }

  @On(ClosureConfirmed)
  confirmed(event: ClosureConfirmed, given: Given<Row>): RowEvent[] {
    return learn(event, given);
  }

  @On(ClosureDisputed)
  disputed(event: ClosureDisputed, given: Given<Row>): RowEvent[] {
    return learn(event, given);
  }

  @On(ClosureUnconfirmed)
  unconfirmed(event: ClosureUnconfirmed, given: Given<Row>): RowEvent[] {
    return learn(event, given);
  }

  @On(ReportBackOwed)
  reportBackOwed(event: ReportBackOwed, given: Given<Row>): RowEvent[] {
    return learn(event, given);
  }
}

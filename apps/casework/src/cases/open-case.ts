import { InputRaised } from '#contracts';
import { Consumer, On } from '#messaging';
import type { Given } from '#messaging';
import type { District } from '#platform';
import { RoutingSnapshot } from '../routing/routing.snapshot.js';
import { calendarOf } from './calendar.js';
import type { Case } from './case.js';
import type { CaseEvent } from './case-event.js';
import { openCase } from './rules/open.js';

/** An input was raised: a case is opened and routed at once. */
@Consumer()
export class OpenCase {
  constructor(private readonly routing: RoutingSnapshot) {}

  prepare(districts: District[]): Promise<void> {
    return this.routing.refresh(districts);
  }

  @On(InputRaised)
  open(event: InputRaised, given: Given<Case>): CaseEvent[] {
    const { state, district, now } = given;
    if (state) return [];
    return openCase(event, {
      district,
      calendar: calendarOf(district),
      now,
      ...this.routing.routeOf(district, event),
    });
  }
}

import { take, teamEvents } from '#loop';
import type { TeamEvent } from '#loop';
import { Consumer, On } from '#messaging';
import type { Given } from '#messaging';
import { districtFacts } from '#platform';
import { takeAnswer } from './concern.js';
import type { Concern, ConcernEvent } from './concern.js';

/**
 * What casework says of a concern is taken as it is; the loop knows what it changes. With an answer the report back is
 * owed: on the calendar of the district, where the representative lives.
 */
@Consumer()
export class FollowCase {
  @On(...teamEvents)
  told(event: TeamEvent, { state, district, now }: Given<Concern>): ConcernEvent[] {
    if (event.type !== 'case.answered') return take(state?.loop, event);
    const calendar = { timeZone: districtFacts(district).timeZone, holidays: [] };
    return takeAnswer(state, event, calendar, now);
  }
}

import {
  CaseAcknowledged,
  CaseAnswered,
  CaseMessage,
  CaseParticipationChanged,
  CaseReopened,
  CaseResumed,
  CaseRouted,
  CaseTransferred,
  TargetMissed,
} from '#contracts';
import { take } from '#loop';
import type { TeamEvent, Told } from '#loop';
import { Consumer, On } from '#messaging';
import type { Given } from '#messaging';
import { districtFacts } from '#platform';
import { takeAnswer } from './concern.js';
import type { Concern, ConcernEvent } from './concern.js';

/** What casework says of a concern is taken as it is; the loop knows what it changes. One method an event, as Nest wants it. */
@Consumer()
export class FollowCase {
  @On(CaseRouted) routed(event: CaseRouted, given: Given<Concern>): Told[] {
    return taken(event, given);
  }

  @On(CaseAcknowledged) acknowledged(event: CaseAcknowledged, given: Given<Concern>): Told[] {
    return taken(event, given);
  }

  @On(CaseMessage) written(event: CaseMessage, given: Given<Concern>): Told[] {
    return taken(event, given);
  }

  @On(CaseResumed) resumed(event: CaseResumed, given: Given<Concern>): Told[] {
    return taken(event, given);
  }

  @On(CaseTransferred) transferred(event: CaseTransferred, given: Given<Concern>): Told[] {
    return taken(event, given);
  }

  @On(CaseParticipationChanged) participation(
    event: CaseParticipationChanged,
    given: Given<Concern>,
  ): Told[] {
    return taken(event, given);
  }

  /** Beside it, the report back is owed: on the calendar of the district, where the representative lives. */
  @On(CaseAnswered) answered(event: CaseAnswered, given: Given<Concern>): ConcernEvent[] {
    const calendar = { timeZone: districtFacts(given.district).timeZone, holidays: [] };
    return takeAnswer(given.state, event, calendar, given.now);
  }

  @On(CaseReopened) reopened(event: CaseReopened, given: Given<Concern>): Told[] {
    return taken(event, given);
  }

  @On(TargetMissed) missed(event: TargetMissed, given: Given<Concern>): Told[] {
    return taken(event, given);
  }
}

function taken(event: TeamEvent, { state }: Given<Concern>): Told[] {
  return take(state?.loop, event);
}

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
import type { Theme } from './theme.js';

/** What casework says of a theme is taken as it is; the loop knows what it changes. One method an event, as Nest wants it. */
@Consumer()
export class FollowCase {
  @On(CaseRouted) routed(event: CaseRouted, given: Given<Theme>): Told[] {
    return taken(event, given);
  }

  @On(CaseAcknowledged) acknowledged(event: CaseAcknowledged, given: Given<Theme>): Told[] {
    return taken(event, given);
  }

  @On(CaseMessage) written(event: CaseMessage, given: Given<Theme>): Told[] {
    return taken(event, given);
  }

  @On(CaseResumed) resumed(event: CaseResumed, given: Given<Theme>): Told[] {
    return taken(event, given);
  }

  @On(CaseTransferred) transferred(event: CaseTransferred, given: Given<Theme>): Told[] {
    return taken(event, given);
  }

  @On(CaseParticipationChanged) participation(event: CaseParticipationChanged, given: Given<Theme>): Told[] {
    return taken(event, given);
  }

  @On(CaseAnswered) answered(event: CaseAnswered, given: Given<Theme>): Told[] {
    return taken(event, given);
  }

  @On(CaseReopened) reopened(event: CaseReopened, given: Given<Theme>): Told[] {
    return taken(event, given);
  }

  @On(TargetMissed) missed(event: TargetMissed, given: Given<Theme>): Told[] {
    return taken(event, given);
  }
}

function taken(event: TeamEvent, { state }: Given<Theme>): Told[] {
  return take(state?.loop, event);
}

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
import type { TeamEvent } from '#loop';
import { Consumer, On } from '#messaging';
import type { Given } from '#messaging';
import type { Input, InputEvent } from './input.js';

/** What the team does, as the originator will read it. Which step changes what is libs/loop's to know. */
@Consumer()
export class FollowCase {
  @On(CaseRouted)
  routed(event: CaseRouted, given: Given<Input>): InputEvent[] {
    return told(event, given);
  }

  @On(CaseAcknowledged)
  acknowledged(event: CaseAcknowledged, given: Given<Input>): InputEvent[] {
    return told(event, given);
  }

  @On(CaseMessage)
  message(event: CaseMessage, given: Given<Input>): InputEvent[] {
    return told(event, given);
  }

  @On(CaseResumed)
  resumed(event: CaseResumed, given: Given<Input>): InputEvent[] {
    return told(event, given);
  }

  @On(CaseTransferred)
  transferred(event: CaseTransferred, given: Given<Input>): InputEvent[] {
    return told(event, given);
  }

  @On(CaseParticipationChanged)
  participation(event: CaseParticipationChanged, given: Given<Input>): InputEvent[] {
    return told(event, given);
  }

  @On(CaseAnswered)
  answered(event: CaseAnswered, given: Given<Input>): InputEvent[] {
    return told(event, given);
  }

  @On(CaseReopened)
  reopened(event: CaseReopened, given: Given<Input>): InputEvent[] {
    return told(event, given);
  }

  @On(TargetMissed)
  missed(event: TargetMissed, given: Given<Input>): InputEvent[] {
    return told(event, given);
  }
}

function told(event: TeamEvent, given: Given<Input>): InputEvent[] {
  return take(given.state?.loop, event);
}

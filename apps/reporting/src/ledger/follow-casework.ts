import {
  CaseAcknowledged,
  CaseAnswered,
  CaseAssigned,
  CaseMessage,
  CaseParticipationChanged,
  CaseReopened,
  CaseResumed,
  CaseRouted,
  CaseTransferred,
  TargetMissed,
} from '#contracts';
import { Consumer, On } from '#messaging';
import type { Given } from '#messaging';
import { learn } from './learn.js';
import type { Row, RowEvent } from './row.js';

/** What casework says of an input. */
@Consumer()
export class FollowCasework {
  @On(CaseRouted)
  routed(event: CaseRouted, given: Given<Row>): RowEvent[] {
    return learn(event, given);
  }

  @On(CaseAcknowledged)
  acknowledged(event: CaseAcknowledged, given: Given<Row>): RowEvent[] {
    return learn(event, given);
  }

  @On(CaseAssigned)
  assigned(event: CaseAssigned, given: Given<Row>): RowEvent[] {
    return learn(event, given);
  }

  @On(CaseMessage)
  message(event: CaseMessage, given: Given<Row>): RowEvent[] {
    return learn(event, given);
  }

  @On(CaseResumed)
  resumed(event: CaseResumed, given: Given<Row>): RowEvent[] {
    return learn(event, given);
  }

  @On(CaseTransferred)
  transferred(event: CaseTransferred, given: Given<Row>): RowEvent[] {
    return learn(event, given);
  }

  @On(CaseParticipationChanged)
  participationChanged(event: CaseParticipationChanged, given: Given<Row>): RowEvent[] {
    return learn(event, given);
  }

  @On(CaseAnswered)
  answered(event: CaseAnswered, given: Given<Row>): RowEvent[] {
    return learn(event, given);
  }

  @On(CaseReopened)
  reopened(event: CaseReopened, given: Given<Row>): RowEvent[] {
    return learn(event, given);
  }

  /** Said by casework, and by family-council of its reports back. */
  @On(TargetMissed)
  targetMissed(event: TargetMissed, given: Given<Row>): RowEvent[] {
    return learn(event, given);
  }
}

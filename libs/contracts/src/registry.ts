import { CaseAcknowledged } from './casework/case-acknowledged.js';
import { CaseAnswered } from './casework/case-answered.js';
import { CaseAssigned } from './casework/case-assigned.js';
import { CaseMessage } from './casework/case-message.js';
import { CaseParticipationChanged } from './casework/case-participation-changed.js';
import { CaseReopened } from './casework/case-reopened.js';
import { CaseResumed } from './casework/case-resumed.js';
import { CaseRouted } from './casework/case-routed.js';
import { CaseTransferred } from './casework/case-transferred.js';
import type { EventClass } from './contract.js';
import { AnswerDelivered } from './origins/answer-delivered.js';
import { AnswerUndeliverable } from './origins/answer-undeliverable.js';
import { ClosureConfirmed } from './origins/closure-confirmed.js';
import { ClosureDisputed } from './origins/closure-disputed.js';
import { ClosureUnconfirmed } from './origins/closure-unconfirmed.js';
import { InputDescribed } from './origins/input-described.js';
import { InputErased } from './origins/input-erased.js';
import { InputMessage } from './origins/input-message.js';
import { InputRaised } from './origins/input-raised.js';
import { InputRestricted } from './origins/input-restricted.js';
import { InputWithdrawn } from './origins/input-withdrawn.js';
import { ReportBackOwed } from './origins/report-back-owed.js';
import { EnrolmentCounted } from './roster/enrolment-counted.js';
import { OrgChanged } from './roster/org-changed.js';
import { PersonLinked } from './roster/person-linked.js';
import { RosterImported } from './roster/roster-imported.js';
import { TargetMissed } from './target-missed.js';

/** Every event, once. A new event is one file and one line here. */
export const events = [
  InputRaised,
  InputDescribed,
  InputRestricted,
  InputMessage,
  InputWithdrawn,
  InputErased,
  AnswerDelivered,
  AnswerUndeliverable,
  ClosureConfirmed,
  ClosureDisputed,
  ClosureUnconfirmed,
  ReportBackOwed,
  CaseRouted,
  CaseAcknowledged,
  CaseAssigned,
  CaseMessage,
  CaseResumed,
  CaseTransferred,
  CaseParticipationChanged,
  CaseAnswered,
  CaseReopened,
  TargetMissed,
  OrgChanged,
  EnrolmentCounted,
  PersonLinked,
  RosterImported,
] as const satisfies readonly EventClass[];

/** Any event of the product, by its payload. */
export type HearbackEvent = InstanceType<(typeof events)[number]>;

const byType = new Map<string, EventClass>(events.map((event) => [event.type, event]));

/** The payload class of a type such as `input.raised`; undefined for a type this build does not know. */
export function eventClass(type: string): EventClass | undefined {
  return byType.get(type);
}

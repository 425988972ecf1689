import type {
  CaseAcknowledged,
  CaseAnswered,
  CaseAssigned,
  CaseMessage,
  CaseParticipationChanged,
  CaseReopened,
  CaseResumed,
  CaseRouted,
  CaseTransferred,
  LoopState,
  TargetMissed,
} from '#contracts';
import type { CaseInput, NextLevel, OwedMail, TeamRef, WorkStep } from './case.js';

/** What casework says of a case to the other services, an event an input. */
export type PublishedCaseEvent =
  | CaseRouted
  | CaseAcknowledged
  | CaseAssigned
  | CaseMessage
  | CaseResumed
  | CaseTransferred
  | CaseParticipationChanged
  | CaseAnswered
  | CaseReopened
  | TargetMissed;

/** A case begins with one input. `hiddenFrom` are marks of those who may neither open, find nor count it. */
export interface CaseOpened {
  type: 'case-opened';
  caseId: string;
  district: string;
  orgId: string;
  topic: string;
  restricted: boolean;
  hiddenFrom: string[];
  input: CaseInput;
  at: string;
}

/** Whom a miss is told: decided with the route, so that a clock needs no look at the rules. */
export interface NextLevelSet {
  type: 'next-level-set';
  nextLevel?: NextLevel;
}

/** A fact of the team alone: never published, never delivered. */
export interface NoteWritten {
  type: 'note-written';
  by: string;
  at: string;
  sealed: string;
}

/** Another team is asked to take the case; until it accepts the sender owns it. */
export interface TransferOffered {
  type: 'transfer-offered';
  team: TeamRef;
  nextLevel?: NextLevel;
  by: string;
  at: string;
  /** Silence until then is acceptance. */
  silentUntil: string;
  /** The note to the other team. */
  sealed: string;
}

/** The sender answered after all; the offer is void. */
export interface TransferDropped {
  type: 'transfer-dropped';
  at: string;
}

/** Words of the originator: a message, or the reason of a dispute, a withdrawal or a group's minority. */
export interface OriginatorWrote {
  type: 'originator-wrote';
  inputId: string;
  what: 'message' | 'confirmed' | 'disputed' | 'withdrawn';
  language?: string;
  sealed: string;
  at: string;
}

/** The origin said something about this loop that changes where it stands, or that the team should know. */
export interface LoopMoved {
  type: 'loop-moved';
  inputId: string;
  /** None: only the history gains a line. */
  state?: LoopState;
  what: string;
  answerNo?: number;
  detail?: string;
  at: string;
}

export interface LaneRestricted {
  type: 'lane-restricted';
  inputId: string;
  at: string;
}

/** The key is gone: blank every word of this input. */
export interface WordsErased {
  type: 'words-erased';
  inputId: string;
  at: string;
}

/** Four fifths of the time are gone. Once a target. */
export interface TargetAtRisk {
  type: 'target-at-risk';
  inputId: string;
  step: WorkStep;
  at: string;
}

/** The next level is told, for another reason than a missed target. */
export interface CaseEscalated {
  type: 'case-escalated';
  inputId: string;
  cause: 'second dispute';
  to?: NextLevel;
  at: string;
}

export interface MailOwed {
  type: 'mail-owed';
  mail: OwedMail;
}

/** Recorded before each attempt. */
export interface MailTried {
  type: 'mail-tried';
  what: string;
  at: string;
  nextTryAt: string;
}

export interface MailSettled {
  type: 'mail-settled';
  what: string;
  result: 'sent' | 'refused' | 'no address' | 'given up';
  code?: string;
  at: string;
}

/** By hand: a mail that did not arrive is owed anew. */
export interface MailResent {
  type: 'mail-resent';
  what: string;
  by: string;
  why: string;
  at: string;
}

/** A command that came with an Idempotency-Key, so that its retry changes nothing. */
export interface CommandTaken {
  type: 'command-taken';
  id: string;
  digest: string;
}

export type CaseFact =
  | CaseOpened
  | NextLevelSet
  | NoteWritten
  | TransferOffered
  | TransferDropped
  | OriginatorWrote
  | LoopMoved
  | LaneRestricted
  | WordsErased
  | TargetAtRisk
  | CaseEscalated
  | MailOwed
  | MailTried
  | MailSettled
  | MailResent
  | CommandTaken;

export type CaseEvent = PublishedCaseEvent | CaseFact;

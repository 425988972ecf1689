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
import type {
  AnswerDelivered,
  AnswerUndeliverable,
  ClosureConfirmed,
  ClosureDisputed,
  ClosureUnconfirmed,
  DeliveredHow,
  InputDescribed,
  InputErased,
  InputMessage,
  InputRaised,
  InputRestricted,
  InputWithdrawn,
  Kind,
  Lane,
  LoopState,
  Origin,
  Outcome,
  Participation,
  Relation,
  ReplyNumbers,
  ReportBackOwed,
  Role,
  Standing,
} from '#contracts';

/** What an origin itself says of a loop. These are published. */
export type OriginEvent =
  | InputRaised
  | InputDescribed
  | InputRestricted
  | InputMessage
  | InputWithdrawn
  | InputErased
  | AnswerDelivered
  | AnswerUndeliverable
  | ClosureConfirmed
  | ClosureDisputed
  | ClosureUnconfirmed
  | ReportBackOwed;

/** What casework tells an origin of a loop: all that an origin listens to. */
export const teamEvents = [
  CaseRouted,
  CaseAcknowledged,
  CaseMessage,
  CaseResumed,
  CaseTransferred,
  CaseParticipationChanged,
  CaseAnswered,
  CaseReopened,
  TargetMissed,
] as const;
export type TeamEvent = InstanceType<(typeof teamEvents)[number]>;

/** An internal fact: casework's event was taken. Wrapped, so that an origin never publishes it a second time. */
export interface Told {
  type: 'told';
  event: TeamEvent;
}

/** An internal fact: fifteen days without a reply, the originator is asked once more. */
export interface AskedAgain {
  type: 'asked-again';
  answerNo: number;
  at: string;
}

/** An internal fact: a group replied below its quorum. Kept, and nothing is decided yet. */
export interface RepliesCounted {
  type: 'replies-counted';
  answerNo: number;
  replies: ReplyNumbers;
  sealed?: string;
  at: string;
}

/** An internal fact: the originator accepts the plan. A plan is not a settlement, so the loop stays open. */
export interface PlanAccepted {
  type: 'plan-accepted';
  answerNo: number;
  replies?: ReplyNumbers;
  at: string;
}

/** What `evolveLoop` folds: published facts of the origin, and internal ones. */
export type LoopEvent = OriginEvent | Told | AskedAgain | RepliesCounted | PlanAccepted;

/** The originator's last word on one answer. */
export interface Reply {
  word: 'confirmed' | 'partly' | 'disputed' | 'plan-accepted' | 'counted';
  at: string;
  replies?: ReplyNumbers;
  /** ReasonWords. */
  sealed?: string;
}

export interface LoopAnswer {
  answerNo: number;
  outcome: Outcome;
  participation: Participation;
  language: string;
  teamId: string;
  /** A date in the district's time zone, when planned. */
  promiseDate?: string;
  answerRef?: string;
  decisionId?: string;
  at: string;
  /** AnswerWords; gone after an erasure. */
  sealed?: string;
  deliveredAt?: string;
  deliveredHow?: DeliveredHow;
  /** The code with which a channel refused it for good. */
  undeliverable?: string;
  askedAgainAt?: string;
  reply?: Reply;
  /** The team did something after the reply, so the reply stands. */
  teamActed?: boolean;
}

export interface LoopMessage {
  from: 'originator' | 'team';
  /** Counts the messages of this side from 1. */
  messageNo: number;
  at: string;
  language: string;
  /** MessageWords; gone after an erasure. */
  sealed?: string;
}

/** One line of the timeline that the originator reads: what happened, and a plain detail such as a team's name. */
export interface Fact {
  at: string;
  what: string;
  detail?: string;
  /** ReasonWords that the originator reads with it. */
  sealed?: string;
}

/** The whole way of one input, as its origin knows it. */
export interface Loop {
  inputId: string;
  origin: Origin;
  orgId: string;
  topic: string;
  kind: Kind;
  lane: Lane;
  voices: number;
  role?: Role;
  language: string;
  anonymous: boolean;
  reachable: boolean;
  onBehalfOf?: Relation;
  notSeenBy: string[];
  linkedTo?: string;
  raisedAt: string;
  heardAt?: string;
  /** InputWords; gone after an erasure. */
  sealed?: string;
  state: LoopState;
  /** When the state was reached. */
  since: string;
  team?: { teamId: string; name: string; orgId: string };
  targets?: { acknowledgeBy: string; answerBy: string };
  participation?: Participation;
  /** The team waits for the originator: the answer clock pauses. */
  waiting: boolean;
  answers: LoopAnswer[];
  messages: LoopMessage[];
  facts: Fact[];
  described?: { standings: Standing[]; groups: string[]; at: string; times: number };
  /** The representative's report-back target. */
  reportBack?: { answerNo: number; dueAt: string };
  erasedAt?: string;
}

/** The answer that counts: a higher number replaces a lower one. */
export function newestAnswer(loop: Loop): LoopAnswer | undefined {
  return loop.answers.at(-1);
}

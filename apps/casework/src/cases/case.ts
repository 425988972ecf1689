import type { CaseState, Kind, LoopState, Origin, Outcome, Participation, Relation, Role } from '#contracts';
import { isSettled } from '#loop';

/** A team as a case remembers it: by the name it had then. */
export interface TeamRef {
  teamId: string;
  name: string;
  orgId: string;
}

/** The organisation above, and its fallback team, that is told of a miss. */
export interface NextLevel {
  orgId: string;
  teamId?: string;
}

/** The steps whose clocks casework runs. */
export type WorkStep = 'acknowledge' | 'answer';

/** The targets of one loop. Instants in UTC. */
export interface Clock {
  acknowledgeBy: string;
  answerBy: string;
  /** When four fifths of the time are gone. */
  acknowledgeRiskAt: string;
  answerRiskAt: string;
  /** Steps whose risk, or miss, was told for the target that runs now. */
  toldRisk: WorkStep[];
  missed: WorkStep[];
  /** Waiting for the originator since then: this loop's clock stands still. */
  waitingSince?: string;
  /** Milliseconds that were left when the answer stopped the clock; a reopening goes on with them. */
  left?: number;
}

/** One input of a case, with the state of its loop as this team knows it. */
export interface CaseInput {
  inputId: string;
  origin: Origin;
  kind: Kind;
  role?: Role;
  language: string;
  anonymous: boolean;
  reachable: boolean;
  onBehalfOf?: Relation;
  voices: number;
  raisedAt: string;
  heardAt?: string;
  linkedTo?: string;
  /** InputWords; gone after an erasure. */
  sealed?: string;
  erased?: true;
  state: LoopState;
  /** The number of the newest answer; 0 before the first. */
  answerNo: number;
  /** A person of the team took the newest answer back, to work on it again. */
  takenBack?: true;
  /** Messages of the team to this input. */
  messageNo: number;
  disputes: number;
  clock?: Clock;
}

export interface ThreadEntry {
  at: string;
  from: 'originator' | 'team';
  inputId: string;
  by?: string;
  language?: string;
  what: 'message' | 'confirmed' | 'disputed' | 'withdrawn';
  /** MessageWords of a message, ReasonWords of the others; gone after an erasure. */
  sealed?: string;
}

export interface GivenAnswer {
  inputId: string;
  answerNo: number;
  outcome: Outcome;
  language: string;
  promiseDate?: string;
  answerRef?: string;
  decisionId?: string;
  at: string;
  by: string;
  deliveredAt?: string;
  /** AnswerWords; gone after an erasure. */
  sealed?: string;
}

export interface HistoryEntry {
  at: string;
  what: string;
  by?: string;
  detail?: string;
  /** ReasonWords of whoever did it, where a reason was owed. */
  sealed?: string;
}

/** A mail to a team that is still owed. It carries topic, due and link, never the text. */
export interface OwedMail {
  /** Unique within the case: its Message-ID is made of it, so that a repeat is recognised. */
  what: string;
  about: 'arrived' | 'wrote' | 'disputed' | 'offered' | 'at-risk' | 'missed' | 'escalated';
  teamId: string;
  /** To the team's lead, where the team has an address for them. */
  toLead?: true;
  step?: WorkStep;
  dueAt?: string;
  tries: number;
  nextTryAt: string;
  /** Who had it sent again by hand, and why. */
  resent?: { by: string; why: string; at: string }[];
}

/** A mail that its team did not get, and that is not tried any more; it can be sent again by hand. */
export interface UndeliveredMail extends OwedMail {
  result: 'refused' | 'no address' | 'given up';
  code?: string;
  at: string;
}

export interface PendingTransfer {
  team: TeamRef;
  nextLevel?: NextLevel;
  by: string;
  since: string;
  silentUntil: string;
}

/** A team's work on one or more inputs. */
export interface Case {
  caseId: string;
  /** Counts what people can see change; the ETag of the case. The document's own version moves with every mail, too. */
  revision: number;
  district: string;
  orgId: string;
  topic: string;
  restricted: boolean;
  hiddenFrom: string[];
  inputs: CaseInput[];
  /** None while it lies in the restricted lane. */
  team?: TeamRef;
  rule?: string;
  nextLevel?: NextLevel;
  participation?: Participation;
  /** A person of the team that holds it now took it on. */
  takenOn: boolean;
  assignee?: string;
  pending?: PendingTransfer;
  /** Cases that this one was merged into or split from come with their issue. */
  leadCaseId?: string;
  thread: ThreadEntry[];
  notes: { at: string; by: string; inputId: string; sealed?: string }[];
  answers: GivenAnswer[];
  history: HistoryEntry[];
  mails: OwedMail[];
  /** The newest of those that did not arrive. */
  undelivered?: UndeliveredMail[];
  /** The newest commands, so that a retry with the same Idempotency-Key changes nothing. */
  commands: { id: string; digest: string }[];
  /** Characters of sealed words: the document is bounded. */
  sealedSize: number;
}

/** The loop is with the team: something is owed to the originator. */
export function isOpen(input: CaseInput): boolean {
  return ['raised', 'routed', 'acknowledged', 'disputed'].includes(input.state);
}

export function caseState(state: Case): CaseState {
  const open = state.inputs.filter(isOpen);
  if (open.length > 0) return open.every((input) => input.clock?.waitingSince) ? 'waiting' : 'open';
  return state.inputs.every(isSettled) ? 'closed' : 'answered';
}

/** What is owed next, and by when; nothing once every loop is answered. */
export function dueNext(state: Case): { step: WorkStep; at: string; inputId: string } | undefined {
  type Due = { step: WorkStep; at: string; inputId: string };
  const owed = state.inputs.flatMap((input): Due[] => {
    if (!isOpen(input) || !input.clock) return [];
    const { inputId, clock } = input;
    const step = input.state === 'routed' ? 'acknowledge' : 'answer';
    return [{ step, at: step === 'acknowledge' ? clock.acknowledgeBy : clock.answerBy, inputId }];
  });
  return owed.sort((a, b) => (a.at < b.at ? -1 : 1))[0];
}

/** Late is only what nobody waits for. */
export function isOverdue(state: Case, now: string): boolean {
  const due = dueNext(state);
  return due !== undefined && due.at < now && caseState(state) === 'open';
}

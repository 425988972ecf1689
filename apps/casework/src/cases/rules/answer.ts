import { RuleBroken, asksForInfluence } from '#contracts';
import type { Outcome } from '#contracts';
import { addWorkingDays } from '#loop';
import type { WorkingCalendar } from '#loop';
import type { Case, CaseInput } from '../case.js';
import type { CaseEvent } from '../case-event.js';
import { most, refuseWhenFull } from './bounds.js';
import { reach, sideOf } from './may.js';
import type { By } from './may.js';
import { later } from './time.js';
import { takeOn } from './work.js';

export interface AnswerCommand {
  by: By;
  at: string;
  /** The date of `at` in the district's time zone. */
  today: string;
  outcome: Outcome;
  language: string;
  shapedBy?: string;
  reason?: string;
  promiseDate?: string;
  handedTo?: string;
  answerRef?: string;
  decisionId?: string;
  inputIds?: string[];
  /** AnswerWords under each input's key. */
  sealed: Record<string, string>;
}

/**
 * Answers the originators of the case: answer n+1 of each input replaces n. Implies acknowledgement.
 * @throws RuleBroken where the outcome owes a field, or the participation level owes `shapedBy`.
 */
export function answer(state: Case, command: AnswerCommand): CaseEvent[] {
  const { by, at, outcome, language, promiseDate, answerRef, decisionId, sealed } = command;
  const reached = reach(state, 'answer', by, command.inputIds);
  for (const input of reached) refuseUnlessComplete(state, input, command);
  if (state.answers.length + reached.length > most.answers) {
    throw new RuleBroken('text', 'answers', `a case holds ${most.answers} answers at most`);
  }
  refuseWhenFull(state, sealed);
  // The sender of an offer may still answer; then nothing is left to hand over.
  const dropped: CaseEvent[] =
    state.pending && sideOf(state, by) === 'owner' ? [{ type: 'transfer-dropped', at }] : [];
  const teamId = sideOf(state, by) === 'receiver' ? state.pending!.team.teamId : state.team!.teamId;
  return [
    ...takeOn(state, by, at, 'answer'),
    ...dropped,
    ...reached.map(({ inputId, origin, answerNo }): CaseEvent => ({
      type: 'case.answered',
      inputId,
      origin,
      caseId: state.caseId,
      teamId,
      answerNo: answerNo + 1,
      outcome,
      participation: state.participation!,
      language,
      by: by.userId,
      at,
      sealed: sealed[inputId]!,
      ...(promiseDate && { promiseDate }),
      ...(answerRef && { answerRef }),
      ...(decisionId && { decisionId }),
    })),
  ];
}

function refuseUnlessComplete(state: Case, input: CaseInput, command: AnswerCommand): void {
  const { outcome, shapedBy, reason, promiseDate, handedTo, answerRef, today } = command;
  if (state.participation && asksForInfluence(state.participation) && !shapedBy) {
    const why = `say how the input shaped this answer: its level is ${state.participation}`;
    throw new RuleBroken('shapedBy', 'owed-at-consult-or-above', why);
  }
  if (outcome === 'planned' && !promiseDate) {
    throw new RuleBroken('promiseDate', 'owed-when-planned', 'a plan owes the date on which it will be done');
  }
  if (promiseDate && outcome !== 'planned') {
    throw new RuleBroken('promiseDate', 'only-when-planned', 'only a plan has a date');
  }
  if (promiseDate && promiseDate <= today) {
    throw new RuleBroken('promiseDate', 'in-the-future', 'the date of a plan lies in the future');
  }
  if (outcome === 'declined' && !reason) {
    throw new RuleBroken('reason', 'owed-when-declined', 'say why it is declined');
  }
  if (outcome === 'not ours' && !handedTo) {
    throw new RuleBroken('handedTo', 'owed-when-not-ours', 'name who is responsible and how to reach them');
  }
  if (outcome === 'already answered' && !answerRef) {
    throw new RuleBroken(
      'answerRef',
      'owed-when-already-answered',
      'name the input whose answer settles this one',
    );
  }
  if (answerRef && !mayRead(input, answerRef)) {
    const why = 'the originator can read the answers of this input and of the one that it follows, no others';
    throw new RuleBroken('answerRef', 'readable-by-originator', why);
  }
  if (outcome === 'matched' && input.kind !== 'offer') {
    throw new RuleBroken('outcome', 'matched-offers-only', 'only an offer is matched');
  }
  if (outcome === 'thanked' && input.kind !== 'praise') {
    throw new RuleBroken('outcome', 'thanked-praise-only', 'only praise is answered by thanks alone');
  }
}

/** Answers that this originator can surely read: earlier ones of this loop, and those of the input that it follows. */
function mayRead(input: CaseInput, answerRef: string): boolean {
  return (answerRef === input.inputId && input.answerNo > 0) || answerRef === input.linkedTo;
}

/** A person of the team works on it again, for a reason that the originator reads. The answer clock goes on. */
export function reopen(
  state: Case,
  command: { by: By; at: string; calendar: WorkingCalendar; sealed: Record<string, string> },
): CaseEvent[] {
  const { by, at, calendar, sealed } = command;
  const reached = reach(state, 'reopen', by);
  refuseWhenFull(state, sealed);
  return reached.map((input) => ({
    type: 'case.reopened',
    inputId: input.inputId,
    origin: input.origin,
    caseId: state.caseId,
    cause: 'team',
    by: by.userId,
    answerBy: resumedTarget(input, at, calendar),
    at,
    sealed: sealed[input.inputId]!,
  }));
}

/** The time that was left when the answer stopped the clock, and one working day at the least, so that a person can act. */
export function resumedTarget(input: CaseInput, at: string, calendar: WorkingCalendar): string {
  const resumed = later(at, input.clock?.left ?? 0);
  const atLeast = addWorkingDays(at, 1, calendar);
  return resumed > atLeast ? resumed : atLeast;
}

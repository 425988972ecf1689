import {
  AnswerDelivered,
  AnswerUndeliverable,
  ClosureConfirmed,
  ClosureDisputed,
  ClosureUnconfirmed,
  InputErased,
  InputMessage,
  InputRestricted,
  InputWithdrawn,
} from '#contracts';
import type { WorkingCalendar } from '#loop';
import type { Case, CaseInput } from '../case.js';
import type { CaseEvent } from '../case-event.js';
import { resumedTarget } from './answer.js';
import { owedMail } from './mails.js';
import { later, millis } from './time.js';

/** What an origin says of an input that the team has. */
export const originFacts = [
  InputMessage,
  InputWithdrawn,
  InputErased,
  InputRestricted,
  AnswerDelivered,
  AnswerUndeliverable,
  ClosureConfirmed,
  ClosureDisputed,
  ClosureUnconfirmed,
] as const;
export type OriginFact = InstanceType<(typeof originFacts)[number]>;

/** Disputes after which the level above is told. */
const disputesToEscalate = 2;

/**
 * What the origin's word means for the case. The originator's word is never refused here: the origin has taken it.
 * A word on an answer that the team has replaced since changes no state.
 */
export function follow(state: Case, event: OriginFact, calendar: WorkingCalendar): CaseEvent[] {
  const input = state.inputs.find((one) => one.inputId === event.inputId);
  if (!input) throw new Error(`${event.type} is about an input that this case does not have`);
  const { inputId, at } = event;
  switch (event.type) {
    case 'input.message':
      return [
        {
          type: 'originator-wrote',
          inputId,
          what: 'message',
          language: event.language,
          sealed: event.sealed,
          at,
        },
        ...resume(state, input, at),
        ...tellTeam(state, `wrote ${inputId} ${event.messageNo}`, 'wrote', at),
      ];
    case 'input.withdrawn':
      return [
        ...words(inputId, 'withdrawn', event.sealed, at),
        { type: 'loop-moved', inputId, state: 'withdrawn', what: 'withdrawn', at },
        ...(state.pending && state.inputs.length === 1 ? [{ type: 'transfer-dropped' as const, at }] : []),
      ];
    case 'input.erased':
      return [{ type: 'words-erased', inputId, at }];
    case 'input.restricted':
      return [{ type: 'lane-restricted', inputId, at }];
    case 'answer.delivered': {
      const moves = isNewest(input, event.answerNo) && input.state === 'answered';
      const to = outcomeOf(state, input) === 'planned' ? ('promised' as const) : ('delivered' as const);
      return [loopMoved(event, 'delivered', moves ? to : undefined, event.how)];
    }
    case 'answer.undeliverable':
      return [loopMoved(event, 'undeliverable', undefined, `${event.channel} ${event.reason}`)];
    case 'closure.confirmed': {
      const to = closes(input, event.answerNo)
        ? ('confirmed' as const)
        : takesBackDispute(input, event.answerNo);
      return [
        ...words(inputId, 'confirmed', event.sealed, at),
        loopMoved(event, 'confirmed', to, replies(event)),
      ];
    }
    case 'closure.unconfirmed': {
      const to = closes(input, event.answerNo) ? ('unconfirmed' as const) : undefined;
      return [loopMoved(event, 'unconfirmed', to, event.why)];
    }
    case 'closure.disputed':
      return disputed(state, input, event, calendar);
  }
}

/** That originator's loop is open again; after the second time the level above is told. */
function disputed(
  state: Case,
  input: CaseInput,
  event: ClosureDisputed,
  calendar: WorkingCalendar,
): CaseEvent[] {
  const { inputId, at, answerNo } = event;
  const what = event.partly ? 'partly settled' : 'disputed';
  const said = words(inputId, 'disputed', event.sealed, at);
  if (!isNewest(input, answerNo)) return [...said, loopMoved(event, what, undefined, replies(event))];
  // A group may count again: a loop that is disputed stays so, without another dispute.
  if (input.state === 'disputed') return [...said, loopMoved(event, what, undefined, replies(event))];
  const reopened: CaseEvent[] = [
    ...said,
    loopMoved(event, what, 'disputed', replies(event)),
    {
      type: 'case.reopened',
      inputId,
      origin: input.origin,
      caseId: state.caseId,
      cause: 'dispute',
      answerBy: resumedTarget(input, at, calendar),
      at,
    },
    // One answer may be disputed, accepted and disputed again: each time is news.
    ...tellTeam(state, `disputed ${inputId} ${answerNo} ${input.disputes + 1}`, 'disputed', at),
  ];
  if (input.disputes + 1 !== disputesToEscalate) return reopened;
  const to = state.nextLevel;
  return [
    ...reopened,
    { type: 'case-escalated', inputId, cause: 'second dispute', at, ...(to && { to }) },
    ...(to?.teamId ? [owedMail(`escalated ${inputId} ${answerNo}`, 'escalated', to.teamId, at)] : []),
  ];
}

/** Any message of the originator ends the waiting: the target moves by the time waited. */
function resume(state: Case, input: CaseInput, at: string): CaseEvent[] {
  const { clock, inputId, origin } = input;
  if (!clock?.waitingSince) return [];
  const waited = Math.max(0, millis(clock.waitingSince, at));
  const answerBy = later(clock.answerBy, waited);
  return [{ type: 'case.resumed', inputId, origin, caseId: state.caseId, answerBy, at }];
}

function tellTeam(state: Case, what: string, about: 'wrote' | 'disputed', at: string): CaseEvent[] {
  return state.team ? [owedMail(what, about, state.team.teamId, at)] : [];
}

function words(
  inputId: string,
  what: 'confirmed' | 'disputed' | 'withdrawn',
  sealed: string | undefined,
  at: string,
): CaseEvent[] {
  return sealed ? [{ type: 'originator-wrote', inputId, what, sealed, at }] : [];
}

function loopMoved(
  event: { inputId: string; answerNo: number; at: string },
  what: string,
  state: CaseInput['state'] | undefined,
  detail?: string,
): CaseEvent {
  const { inputId, answerNo, at } = event;
  return {
    type: 'loop-moved',
    inputId,
    answerNo,
    what,
    at,
    ...(state && { state }),
    ...(detail && { detail }),
  };
}

function replies(event: ClosureConfirmed | ClosureDisputed): string | undefined {
  const numbers = event.replies;
  return numbers && `${numbers.yes} yes, ${numbers.no} no, ${numbers.noReply} without reply`;
}

function isNewest(input: CaseInput, answerNo: number): boolean {
  return input.answerNo === answerNo && input.state !== 'withdrawn';
}

/**
 * Whether a word on this answer closes the loop. Not once a person of the team has taken that answer back: the origin
 * said it before it knew, and opens its loop when it hears. After an erasure it has heard: then it closes what nobody
 * can work on any more.
 */
function closes(input: CaseInput, answerNo: number): boolean {
  return isNewest(input, answerNo) && (!input.takenBack || input.erased === true);
}

/** A dispute of an answer that the team took back meanwhile, and then a yes: what stands is the team's work on it. */
function takesBackDispute(input: CaseInput, answerNo: number): 'acknowledged' | undefined {
  return isNewest(input, answerNo) && input.state === 'disputed' ? 'acknowledged' : undefined;
}

function outcomeOf(state: Case, input: CaseInput): string | undefined {
  return state.answers.findLast((one) => one.inputId === input.inputId)?.outcome;
}

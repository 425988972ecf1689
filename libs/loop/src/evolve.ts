import type {
  CaseAnswered,
  ClosureConfirmed,
  ClosureDisputed,
  InputDescribed,
  InputRaised,
  LoopState,
} from '#contracts';
import { newestAnswer } from './loop.js';
import type { Fact, Loop, LoopAnswer, LoopEvent, Reply, TeamEvent } from './loop.js';

/** Folds one event into a loop. Never refuses: what happened, happened. */
export function evolveLoop(state: Loop | undefined, event: LoopEvent): Loop {
  if (event.type === 'input.raised') return state ?? raised(event);
  if (!state) throw new Error(`${event.type} came before input.raised`);
  switch (event.type) {
    case 'told':
      return told(state, event.event);
    case 'input.described':
      return described(state, event);
    case 'input.restricted':
      return { ...state, lane: 'restricted' };
    case 'input.message': {
      const { messageNo, at, language, sealed } = event;
      const messages = [...state.messages, { from: 'originator' as const, messageNo, at, language, sealed }];
      return { ...state, messages, waiting: false };
    }
    case 'input.withdrawn':
      return enter(state, 'withdrawn', { at: event.at, what: 'withdrawn' });
    case 'input.erased':
      return erased(state, event.at);
    case 'answer.delivered':
      return delivered(state, event.answerNo, { deliveredAt: event.at, deliveredHow: event.how });
    case 'answer.undeliverable':
      return answer(state, event.answerNo, { undeliverable: event.reason });
    case 'report-back.owed':
      return { ...state, reportBack: { answerNo: event.answerNo, dueAt: event.dueAt } };
    case 'asked-again':
      return noted(answer(state, event.answerNo, { askedAgainAt: event.at }), {
        at: event.at,
        what: 'asked again',
      });
    case 'replies-counted':
      return answer(state, event.answerNo, { reply: reply('counted', event), teamActed: false });
    case 'plan-accepted':
      return noted(
        answer(state, event.answerNo, { reply: reply('plan-accepted', event), teamActed: false }),
        {
          at: event.at,
          what: 'plan accepted',
        },
      );
    case 'closure.confirmed':
      return replied(state, 'confirmed', 'confirmed', event);
    case 'closure.disputed':
      return replied(state, 'disputed', event.partly ? 'partly' : 'disputed', event);
    case 'closure.unconfirmed':
      return enter(state, 'unconfirmed', { at: event.at, what: 'unconfirmed', detail: event.why });
  }
}

function raised(event: InputRaised): Loop {
  const { type: _, ...facts } = event;
  return {
    ...facts,
    state: 'raised',
    since: event.raisedAt,
    waiting: false,
    answers: [],
    messages: [],
    facts: [{ at: event.raisedAt, what: 'raised' }],
  };
}

function described(state: Loop, { standings, groups, at }: InputDescribed): Loop {
  return { ...state, described: { standings, groups, at, times: (state.described?.times ?? 0) + 1 } };
}

/** What casework says moves the loop, but never takes back a withdrawal. */
function told(state: Loop, event: TeamEvent): Loop {
  switch (event.type) {
    case 'case.routed':
      return advance(held(state, event), 'raised', 'routed', {
        at: event.at,
        what: 'routed',
        detail: event.teamName,
      });
    case 'case.acknowledged':
      return advance(acted(state), 'routed', 'acknowledged', { at: event.at, what: 'acknowledged' });
    case 'case.transferred':
      return noted(acted(held(state, event)), { at: event.at, what: 'transferred', detail: event.teamName });
    case 'case.resumed':
      return {
        ...state,
        waiting: false,
        targets: state.targets && { ...state.targets, answerBy: event.answerBy },
      };
    case 'case.participation-changed':
      return noted(
        { ...state, participation: event.level },
        {
          at: event.at,
          what: 'participation changed',
          detail: event.level,
          sealed: words(state, event.sealed),
        },
      );
    case 'case.message': {
      const { messageNo, at, language, waits } = event;
      const message = { from: 'team' as const, messageNo, at, language, sealed: words(state, event.sealed) };
      // Another message of the team does not end its waiting; only the originator's does, or an answer.
      return { ...acted(state), messages: [...state.messages, message], waiting: state.waiting || waits };
    }
    case 'case.answered':
      return answered(state, event);
    case 'case.reopened': {
      // The answer clock runs anew, so that nobody waits.
      const targets = state.targets && { ...state.targets, answerBy: event.answerBy };
      const again = { ...state, targets, waiting: false };
      // A dispute has opened the loop already, by the originator's own word; only a person of the team moves it here.
      if (event.cause === 'dispute') return again;
      const fact = { at: event.at, what: 'reopened', sealed: words(state, event.sealed) };
      const open = ['delivered', 'promised', 'confirmed', 'unconfirmed', 'unsettled'].includes(state.state);
      return open ? enter(acted(again), 'acknowledged', fact) : noted(acted(again), fact);
    }
    case 'target.missed':
      return noted(state, { at: event.at, what: 'target missed', detail: event.step });
  }
}

function answered(state: Loop, event: CaseAnswered): Loop {
  const newest = newestAnswer(state)?.answerNo ?? 0;
  // Withdrawn wins over work that is not yet delivered; a number that is not newer is known already.
  if (state.state === 'withdrawn' || event.answerNo <= newest) return state;
  const { answerNo, outcome, participation, language, teamId, promiseDate, answerRef, decisionId, at } =
    event;
  const next: LoopAnswer = { answerNo, outcome, participation, language, teamId, at };
  if (promiseDate) next.promiseDate = promiseDate;
  if (answerRef) next.answerRef = answerRef;
  if (decisionId) next.decisionId = decisionId;
  if (!state.erasedAt) next.sealed = event.sealed;
  const with_ = { ...state, answers: [...state.answers, next], waiting: false };
  return enter(with_, 'answered', { at, what: 'answered', detail: outcome });
}

/** Opens the way to a reply, or records late that somebody was reached after all. */
function delivered(state: Loop, answerNo: number, how: Partial<LoopAnswer>): Loop {
  const next = answer(state, answerNo, how);
  const fact = { at: how.deliveredAt ?? state.since, what: 'delivered', detail: how.deliveredHow };
  const newest = newestAnswer(next);
  if (state.state !== 'answered' || newest?.answerNo !== answerNo) return noted(next, fact);
  return enter(next, newest.outcome === 'planned' ? 'promised' : 'delivered', fact);
}

function replied(
  state: Loop,
  to: LoopState,
  word: Reply['word'],
  event: ClosureConfirmed | ClosureDisputed,
): Loop {
  const next = answer(state, event.answerNo, { reply: reply(word, event), teamActed: false });
  return enter(next, to, { at: event.at, what: word === 'partly' ? 'partly settled' : word });
}

/** Words are blanked and what somebody said about themselves goes; numbers stay. */
function erased(state: Loop, at: string): Loop {
  const { sealed: _, described: __, ...kept } = state;
  return noted(
    {
      ...kept,
      erasedAt: at,
      answers: kept.answers.map(({ sealed: ___, ...rest }) => ({
        ...rest,
        ...(rest.reply && { reply: blank(rest.reply) }),
      })),
      messages: kept.messages.map(blank),
      facts: kept.facts.map(blank),
    },
    { at, what: 'erased' },
  );
}

function blank<T extends { sealed?: string }>(said: T): T {
  const { sealed: _, ...rest } = said;
  return rest as T;
}

function reply(
  word: Reply['word'],
  event: { at: string; replies?: Reply['replies']; sealed?: string },
): Reply {
  const given: Reply = { word, at: event.at };
  if (event.replies) given.replies = event.replies;
  if (event.sealed) given.sealed = event.sealed;
  return given;
}

/** What a late event brings is not kept in words once the key is gone. */
function words(state: Loop, sealed: string | undefined): string | undefined {
  return state.erasedAt ? undefined : sealed;
}

function held(
  state: Loop,
  event: { teamId: string; teamName: string; teamOrgId: string; acknowledgeBy: string; answerBy: string } & {
    participation?: Loop['participation'];
  },
): Loop {
  return {
    ...state,
    team: { teamId: event.teamId, name: event.teamName, orgId: event.teamOrgId },
    targets: { acknowledgeBy: event.acknowledgeBy, answerBy: event.answerBy },
    ...(event.participation && { participation: event.participation }),
  };
}

function acted(state: Loop): Loop {
  const newest = newestAnswer(state);
  return newest?.reply ? answer(state, newest.answerNo, { teamActed: true }) : state;
}

function answer(state: Loop, answerNo: number, change: Partial<LoopAnswer>): Loop {
  return { ...state, answers: state.answers.map((a) => (a.answerNo === answerNo ? { ...a, ...change } : a)) };
}

function advance(state: Loop, from: LoopState, to: LoopState, fact: Fact): Loop {
  return state.state === from ? enter(state, to, fact) : noted(state, fact);
}

function enter(state: Loop, to: LoopState, fact: Fact): Loop {
  return noted({ ...state, state: to, since: fact.at }, fact);
}

function noted(state: Loop, fact: Fact): Loop {
  const { detail, sealed, ...line } = fact;
  return {
    ...state,
    facts: [...state.facts, { ...line, ...(detail && { detail }), ...(sealed && { sealed }) }],
  };
}

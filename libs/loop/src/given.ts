import type { CaseAnswered, InputRaised, LoopState } from '#contracts';
import { evolveLoop } from './evolve.js';
import type { Loop, LoopEvent, TeamEvent, Told } from './loop.js';
import { daysAfter } from './rules.js';

/** Words for specs: facts of one loop, a day apart, beginning on the first of September. */
export const inputId = 'input-1';
export const begun = '2026-09-01T15:00:00.000Z';
export const sealed = 'eyJhbGciOiJkaXIifQ..aXY.d29yZHM.dGFn';
export const day = (n: number): string => daysAfter(begun, n);

const about = { inputId, origin: 'intake' as const, caseId: 'case-1' };
const team = { teamId: 'transport', teamName: 'Transport', teamOrgId: 'district' };
const targets = { acknowledgeBy: day(1), answerBy: day(7) };

export const raised = (facts: Partial<InputRaised> = {}): InputRaised => ({
  type: 'input.raised',
  inputId,
  origin: 'intake',
  orgId: 'school',
  topic: 'transport',
  kind: 'concern',
  lane: 'open',
  voices: 1,
  role: 'family',
  language: 'en',
  anonymous: false,
  reachable: true,
  notSeenBy: [],
  raisedAt: begun,
  sealed,
  ...facts,
});

export const told = (event: TeamEvent): Told => ({ type: 'told', event });
export const routed = told({
  type: 'case.routed',
  ...about,
  ...team,
  ...targets,
  participation: 'consult',
  rule: 'transport',
  at: day(0),
});
export const acknowledged = told({
  type: 'case.acknowledged',
  ...about,
  teamId: 'transport',
  by: 'ann',
  at: day(1),
});
export const transferred = told({
  type: 'case.transferred',
  ...about,
  ...targets,
  fromTeamId: 'transport',
  teamId: 'office',
  teamName: 'School office',
  teamOrgId: 'school',
  by: 'ann',
  at: day(1),
});
export const teamWrote = (waits = false): Told =>
  told({
    type: 'case.message',
    ...about,
    messageNo: 1,
    language: 'en',
    waits,
    by: 'ann',
    at: day(1),
    sealed,
  });
export const answered = (answerNo = 1, facts: Partial<CaseAnswered> = {}): Told =>
  told({
    type: 'case.answered',
    ...about,
    teamId: 'transport',
    answerNo,
    outcome: 'done',
    participation: 'consult',
    language: 'en',
    by: 'ann',
    at: day(1 + answerNo),
    sealed,
    ...facts,
  });
export const reopened = (cause: 'dispute' | 'team'): Told =>
  told({
    type: 'case.reopened',
    ...about,
    cause,
    answerBy: day(20),
    at: day(5),
    ...(cause === 'team' && { sealed }),
  });
export const missed = told({
  type: 'target.missed',
  inputId,
  origin: 'intake',
  step: 'answer',
  dueAt: day(7),
  at: day(7),
});
export const delivered = (answerNo = 1): LoopEvent => ({
  type: 'answer.delivered',
  inputId,
  answerNo,
  how: 'receipt',
  at: day(2 + answerNo),
});
export const confirmed: LoopEvent = { type: 'closure.confirmed', inputId, answerNo: 1, at: day(4) };
export const disputed: LoopEvent = {
  type: 'closure.disputed',
  inputId,
  answerNo: 1,
  partly: false,
  at: day(4),
  sealed,
};
export const unconfirmed = (why: 'silent' | 'unreached'): LoopEvent => ({
  type: 'closure.unconfirmed',
  inputId,
  answerNo: 1,
  why,
  at: day(33),
});
export const withdrawn: LoopEvent = { type: 'input.withdrawn', inputId, at: day(1) };
export const erased: LoopEvent = { type: 'input.erased', inputId, at: day(6) };

/** The loop that these facts make. */
export function loopOf(...events: LoopEvent[]): Loop {
  const loop = events.reduce<Loop | undefined>((state, event) => evolveLoop(state, event), undefined);
  if (!loop) throw new Error('a loop begins with input.raised');
  return loop;
}

const upToAnswer = (kind: Partial<InputRaised>, outcome: CaseAnswered['outcome']) => [
  raised(kind),
  routed,
  acknowledged,
  answered(1, { outcome }),
];

/** One loop in each state, as short a way there as there is. */
export function loopIn(state: LoopState): Loop {
  const one = (outcome: CaseAnswered['outcome'] = 'done') => upToAnswer({}, outcome);
  switch (state) {
    case 'raised':
      return loopOf(raised());
    case 'routed':
      return loopOf(raised(), routed);
    case 'acknowledged':
      return loopOf(raised(), routed, acknowledged);
    case 'answered':
      return loopOf(...one());
    case 'delivered':
      return loopOf(...one(), delivered());
    case 'promised':
      return loopOf(...one('planned'), delivered());
    case 'disputed':
      return loopOf(...one(), delivered(), disputed);
    case 'confirmed':
      return loopOf(...one(), delivered(), confirmed);
    case 'unconfirmed':
      return loopOf(...one(), delivered(), unconfirmed('silent'));
    case 'unsettled':
      // Its event comes with the last answer of a named reviewer; the place is held.
      return { ...loopOf(...one(), delivered(), disputed), state: 'unsettled' };
    case 'withdrawn':
      return loopOf(raised(), withdrawn);
  }
}

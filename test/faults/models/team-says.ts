import type { TeamEvent } from '#loop';
import type { LoopModel, TeamSays } from './loop-model.js';
import { sealed } from './origins.js';

export const teamSays: TeamSays[] = [
  ...([
    'routed',
    'acknowledged',
    'transferred',
    'message',
    'waits',
    'resumed',
    'answered',
    'answered',
    'planned',
  ] as const),
  ...(['repeated', 'reopened', 'disputed', 'missed'] as const),
];

/** What casework publishes when a team does that. */
export function teamEvent(says: TeamSays, { answers, said }: LoopModel, at: string): TeamEvent {
  const about = { inputId: 'input-1', origin: 'intake' as const, caseId: 'input-1', at };
  const team = {
    teamId: 'kitchen',
    teamName: 'Kitchen',
    teamOrgId: 'district',
    acknowledgeBy: at,
    answerBy: at,
  };
  const answer = {
    ...about,
    teamId: 'kitchen',
    participation: 'inform',
    language: 'en',
    by: 'ann',
    sealed,
  } as const;
  switch (says) {
    case 'routed':
      return { type: 'case.routed', ...about, ...team, participation: 'inform', rule: 'fallback' };
    case 'acknowledged':
      return { type: 'case.acknowledged', ...about, teamId: 'kitchen', by: 'ann' };
    case 'transferred':
      return { type: 'case.transferred', ...about, ...team, fromTeamId: 'office', by: 'ann' };
    case 'message':
    case 'waits':
      return {
        type: 'case.message',
        ...about,
        messageNo: said.team + 1,
        language: 'en',
        waits: says === 'waits',
        by: 'ann',
        sealed,
      };
    case 'resumed':
      return { type: 'case.resumed', ...about, answerBy: at };
    case 'answered':
      return { type: 'case.answered', ...answer, answerNo: answers + 1, outcome: 'done' };
    case 'planned':
      return {
        type: 'case.answered',
        ...answer,
        answerNo: answers + 1,
        outcome: 'planned',
        promiseDate: '2027-06-01',
      };
    case 'repeated':
      return { type: 'case.answered', ...answer, answerNo: answers, outcome: 'done' };
    case 'reopened':
      return { type: 'case.reopened', ...about, cause: 'team', by: 'ann', answerBy: at, sealed };
    case 'disputed':
      return { type: 'case.reopened', ...about, cause: 'dispute', answerBy: at };
    case 'missed':
      return {
        type: 'target.missed',
        inputId: 'input-1',
        origin: 'intake',
        step: 'answer',
        dueAt: at,
        teamId: 'kitchen',
        at,
      };
  }
}

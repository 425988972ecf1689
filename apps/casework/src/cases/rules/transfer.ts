import { NotPermitted, RuleBroken, isClosed } from '#contracts';
import type { Case, NextLevel, TeamRef } from '../case.js';
import type { CaseEvent } from '../case-event.js';
import { isHiddenTeam } from '../../routing/hidden.js';
import { refuseWhenFull } from './bounds.js';
import { owedMail } from './mails.js';
import { reach } from './may.js';
import type { By } from './may.js';

/**
 * Offers the case to another team. Until that team accepts (by acknowledging, assigning, writing or answering) the
 * sender owns it; silence until `silentUntil`, one working day, is acceptance. A second offer replaces the first.
 */
export function transfer(
  state: Case,
  command: { by: By; at: string; team: TeamRef; nextLevel?: NextLevel; silentUntil: string; sealed: string },
): CaseEvent[] {
  const { by, at, team, nextLevel, silentUntil, sealed } = command;
  reach(state, 'transfer', by);
  if (team.teamId === state.team?.teamId) {
    throw new RuleBroken('teamId', 'another-team', 'the case is with this team already');
  }
  if (isHiddenTeam(state.hiddenFrom, team)) {
    throw new RuleBroken('teamId', 'may-see-it', 'the originator asked that this team does not see it');
  }
  refuseWhenFull(state, { note: sealed });
  return [
    {
      type: 'transfer-offered',
      team,
      ...(nextLevel && { nextLevel }),
      by: by.userId,
      at,
      silentUntil,
      sealed,
    },
    owedMail(`offered ${team.teamId} ${at}`, 'offered', team.teamId, at, { dueAt: silentUntil }),
  ];
}

/** The case is the other team's now. Targets stay: they are the originator's. */
export function accept(state: Case, by: string, at: string): CaseEvent[] {
  const { pending, team } = state;
  if (!pending || !team) throw new NotPermitted('Nobody offered this case to your team.');
  return state.inputs
    .filter((input) => !isClosed(input.state) && input.clock)
    .map(({ inputId, origin, clock }) => ({
      type: 'case.transferred',
      inputId,
      origin,
      caseId: state.caseId,
      fromTeamId: team.teamId,
      teamId: pending.team.teamId,
      teamName: pending.team.name,
      teamOrgId: pending.team.orgId,
      acknowledgeBy: clock!.acknowledgeBy,
      answerBy: clock!.answerBy,
      by,
      at,
    }));
}

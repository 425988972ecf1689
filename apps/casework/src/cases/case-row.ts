import type { Kind, Participation } from '#contracts';
import { OrganisationTree } from '#organisations';
import { trustedDistrict } from '#platform';
import { caseState, dueNext, isOverdue } from './case.js';
import type { Case, WorkStep } from './case.js';

/** What is owed next. */
export class DueView {
  /** acknowledge or answer. */
  step!: WorkStep;
  at!: string;
}

/** One line of a team's queue. */
export class CaseRow {
  caseId!: string;
  inputId!: string;
  topic!: string;
  kind!: Kind;
  /** open, waiting, answered, closed or handed-on. */
  state!: string;
  orgId!: string;
  orgName?: string;
  teamId!: string;
  teamName!: string;
  /** Offered to this team, which has not accepted it yet. */
  offeredTo?: string;
  assignee?: string;
  due?: DueView;
  overdue!: boolean;
  /** The team waits for the originator. */
  waiting!: boolean;
  /** The people that the inputs of this case stand for. */
  voices!: number;
  participation?: Participation;
  language!: string;
  raisedAt!: string;
  /** How the words of its first input begin, so that one case can be told from the next. */
  excerpt?: string;
}

export function rowOf(state: Case, tree: OrganisationTree, now: string): CaseRow {
  const first = state.inputs[0]!;
  const due = dueNext(state);
  const stage = caseState(state);
  const orgName = tree.find(trustedDistrict(state.district), state.orgId)?.name;
  return {
    caseId: state.caseId,
    inputId: first.inputId,
    topic: state.topic,
    kind: first.kind,
    state: stage,
    orgId: state.orgId,
    ...(orgName && { orgName }),
    teamId: state.team?.teamId ?? '',
    teamName: state.team?.name ?? '',
    ...(state.pending && { offeredTo: state.pending.team.teamId }),
    ...(state.assignee && { assignee: state.assignee }),
    ...(due && { due: { step: due.step, at: due.at } }),
    overdue: isOverdue(state, now),
    waiting: stage === 'waiting',
    voices: state.inputs.reduce((sum, input) => sum + input.voices, 0),
    ...(state.participation && { participation: state.participation }),
    language: first.language,
    raisedAt: first.raisedAt,
  };
}

import { NotPermitted, RuleBroken, StateRefuses, Unknown } from '#contracts';
import type { LoopState } from '#contracts';
import { caseState } from '../case.js';
import type { Case, CaseInput } from '../case.js';

/** What a person of a team may do with a case, by the names of the public calls. */
export const actions = [
  'acknowledge',
  'assign',
  'message',
  'note',
  'transfer',
  'participation',
  'answer',
  'reopen',
] as const;
export type Action = (typeof actions)[number];

const working: Action[] = ['acknowledge', 'assign', 'message', 'note', 'transfer', 'participation', 'answer'];

/**
 * The table of the loop, for the people of the team: what a member may do in each state, and what a lead may do
 * beside it. Lowering the participation level takes a lead in every state in which it may change at all.
 */
export const table: Record<LoopState, { member: readonly Action[]; lead: readonly Action[] }> = {
  raised: { member: [], lead: [] },
  routed: { member: working, lead: [] },
  acknowledged: { member: working, lead: [] },
  answered: { member: ['message', 'answer'], lead: [] },
  delivered: { member: ['answer', 'reopen'], lead: [] },
  promised: { member: ['answer'], lead: [] },
  disputed: { member: working, lead: [] },
  confirmed: { member: ['reopen'], lead: [] },
  unconfirmed: { member: ['reopen'], lead: [] },
  unsettled: { member: [], lead: ['reopen'] },
  withdrawn: { member: ['note'], lead: [] },
};

/** What the team that is offered a case may do before it is theirs: each of these accepts it. */
const accepting: readonly Action[] = ['acknowledge', 'assign', 'message', 'answer'];

/** Who acts. Made at the edge from the token; `teams` are all that this person acts for. */
export interface By {
  userId: string;
  lead: boolean;
  teams: string[];
  /** What `hiddenFrom` may name: `team:ID`, `org:ID`, `lead:ORG`. */
  marks: string[];
}

/** Named in notSeenBy: this person can neither open, find nor count the case. */
export function isHiddenFrom(state: Pick<Case, 'hiddenFrom'>, marks: readonly string[]): boolean {
  return state.hiddenFrom.some((mark) => marks.includes(mark));
}

/**
 * On which side of the case a person stands. @throws Unknown when it is hidden from them, NotPermitted when it is
 * another team's.
 */
export function sideOf(state: Case, by: By): 'owner' | 'receiver' {
  if (isHiddenFrom(state, by.marks)) throw new Unknown('case');
  if (state.team && by.teams.includes(state.team.teamId)) return 'owner';
  if (state.pending && by.teams.includes(state.pending.team.teamId)) return 'receiver';
  throw new NotPermitted('This case belongs to another team.');
}

/** What this person may do with the case now. */
export function allowed(state: Case, by: By): Action[] {
  const side = sideOf(state, by);
  return actions.filter(
    (action) =>
      (side === 'owner' || accepting.includes(action)) &&
      state.inputs.some((input) => mayOn(input, action, by)),
  );
}

function mayOn(input: CaseInput, action: Action, by: By): boolean {
  if (input.erased) return false;
  const { member, lead } = table[input.state];
  return member.includes(action) || (by.lead && lead.includes(action));
}

/**
 * The inputs that the action reaches: those named, else all whose state allows it.
 * @throws StateRefuses when there is none, RuleBroken when a named one is not of this case.
 */
export function reach(state: Case, action: Action, by: By, inputIds?: readonly string[]): CaseInput[] {
  const side = sideOf(state, by);
  const stranger = inputIds?.find((id) => !state.inputs.some((input) => input.inputId === id));
  if (stranger) throw new RuleBroken('inputIds', 'of-this-case', `${stranger} is not an input of this case`);
  const wanted = state.inputs.filter((input) => inputIds?.includes(input.inputId) ?? true);
  const reached = wanted.filter((input) => mayOn(input, action, by));
  if (reached.length > 0 && side === 'receiver' && !accepting.includes(action)) {
    throw new NotPermitted('Your team has not accepted this case yet; acknowledge it first.');
  }
  if (reached.length === 0 || (inputIds && reached.length < wanted.length)) {
    const erased = wanted.every((input) => input.erased);
    const reason = erased ? 'the words of this input were erased' : '';
    throw new StateRefuses(action, stateName(wanted, state), allowed(state, by), reason);
  }
  return reached;
}

/** The loop's state where all share one, else the case's. */
function stateName(inputs: readonly CaseInput[], state: Case): string {
  const states = new Set(inputs.map((input) => input.state));
  return states.size === 1 ? [...states][0]! : caseState(state);
}

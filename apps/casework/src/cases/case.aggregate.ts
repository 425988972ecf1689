import type { Aggregate } from '#messaging';
import { caseState, dueNext, isOpen } from './case.js';
import type { Case } from './case.js';
import type { CaseEvent } from './case-event.js';
import { evolveCase } from './evolve.js';
import { deliveriesOf } from './rules/mails.js';
import type { DeliveryState } from './rules/mails.js';

/** The instant at which the clock must look again: an offer accepted by silence, a risk, a miss, a mail. */
export function wakeAt(state: Case): string | undefined {
  const instants = state.mails.map((mail) => mail.nextTryAt);
  if (state.pending) instants.push(state.pending.silentUntil);
  for (const input of state.inputs.filter(isOpen)) {
    const { clock } = input;
    if (!clock || clock.waitingSince) continue;
    const steps = input.state === 'routed' ? (['acknowledge', 'answer'] as const) : (['answer'] as const);
    for (const step of steps) {
      if (clock.missed.includes(step)) continue;
      const at = step === 'acknowledge' ? clock.acknowledgeBy : clock.answerBy;
      const risk = step === 'acknowledge' ? clock.acknowledgeRiskAt : clock.answerRiskAt;
      instants.push(clock.toldRisk.includes(step) ? at : risk);
    }
  }
  return instants.sort()[0];
}

/** In which states it has mails that have not arrived; most cases have none. */
function undelivered(state: Case): { undelivered?: DeliveryState[] } {
  const states = deliveriesOf(state).map((one) => one.state);
  return states.length > 0 ? { undelivered: [...new Set(states)] } : {};
}

export const caseAggregate: Aggregate<Case, CaseEvent> = {
  name: 'cases',
  evolve: evolveCase,
  wakeAt,
  index: (state) => ({
    ...undelivered(state),
    // Both teams of an offer see the case; only the first owns it.
    teams: [state.team?.teamId, state.pending?.team.teamId].filter((id) => id !== undefined),
    hiddenFrom: state.hiddenFrom,
    inputs: state.inputs.map((input) => input.inputId),
    state: caseState(state),
    // What is due first comes first; what owes nothing comes last.
    due: dueNext(state)?.at ?? '9999-12-31T00:00:00.000Z',
    open: caseState(state) !== 'closed',
    ...(state.assignee && { assignee: state.assignee }),
  }),
};

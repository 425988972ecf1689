import { isOpen } from '../case.js';
import type { Case, CaseInput, WorkStep } from '../case.js';
import type { CaseEvent } from '../case-event.js';
import { evolveCase } from '../evolve.js';
import { owedMail } from './mails.js';
import { accept } from './transfer.js';

/** What the passing of time means for a case: an offer accepted by silence, a target at risk, a target missed. */
export function wake(state: Case, now: string): CaseEvent[] {
  // Who holds it on the day due is charged: what silence accepted before is the other team's.
  const early =
    state.pending && state.pending.silentUntil <= now ? silence(state, state.pending.by, now) : [];
  const held = early.reduce<Case>(evolveCase, state);
  return [...early, ...held.inputs.flatMap((input) => targets(held, input, now))];
}

function silence(state: Case, by: string, now: string): CaseEvent[] {
  const accepted = accept(state, by, now);
  return accepted.length > 0 ? accepted : [{ type: 'transfer-dropped', at: now }];
}

function targets(state: Case, input: CaseInput, now: string): CaseEvent[] {
  const { clock } = input;
  if (!clock || !isOpen(input) || clock.waitingSince) return [];
  const acknowledge =
    input.state === 'routed'
      ? step(state, input, 'acknowledge', clock.acknowledgeBy, clock.acknowledgeRiskAt, now)
      : [];
  return [...acknowledge, ...step(state, input, 'answer', clock.answerBy, clock.answerRiskAt, now)];
}

function step(
  state: Case,
  input: CaseInput,
  name: WorkStep,
  dueAt: string,
  riskAt: string,
  now: string,
): CaseEvent[] {
  const { inputId, origin, clock } = input;
  const teamId = state.team?.teamId;
  if (!teamId || !clock || clock.missed.includes(name)) return [];
  const owed = { step: name, dueAt };
  if (dueAt <= now) {
    const escalatedTo = state.nextLevel?.orgId;
    // At the top nobody is above: the team's own lead is told.
    const to = state.nextLevel?.teamId;
    return [
      {
        type: 'target.missed',
        inputId,
        origin,
        step: name,
        dueAt,
        teamId,
        ...(escalatedTo && { escalatedTo }),
        at: now,
      },
      to
        ? owedMail(`missed ${inputId} ${name} ${dueAt}`, 'missed', to, now, owed)
        : owedMail(`missed ${inputId} ${name} ${dueAt}`, 'missed', teamId, now, { ...owed, toLead: true }),
    ];
  }
  if (riskAt > now || clock.toldRisk.includes(name)) return [];
  return [
    { type: 'target-at-risk', inputId, step: name, at: now },
    owedMail(`at risk ${inputId} ${name} ${dueAt}`, 'at-risk', teamId, now, { ...owed, toLead: true }),
  ];
}

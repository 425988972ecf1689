import type { CaseInput, Clock, WorkStep } from '../case.js';
import { fourFifths, later, millis } from './time.js';

/** The clock of one loop starts with its route. */
export function startedClock(i: CaseInput, targets: { acknowledgeBy: string; answerBy: string }): Clock {
  const { acknowledgeBy, answerBy } = targets;
  return {
    acknowledgeBy,
    answerBy,
    acknowledgeRiskAt: fourFifths(i.raisedAt, acknowledgeBy),
    answerRiskAt: fourFifths(i.raisedAt, answerBy),
    toldRisk: [],
    missed: [],
  };
}

/** The time waited moves the target, and its risk with it. */
export function resumed(clock: Clock, answerBy: string): Clock {
  const { waitingSince: _, ...kept } = clock;
  const moved = millis(clock.answerBy, answerBy);
  return { ...kept, answerBy, answerRiskAt: later(clock.answerRiskAt, moved) };
}

export function stopped(clock: Clock, at: string): Clock {
  const { waitingSince, ...kept } = clock;
  return { ...kept, left: Math.max(0, millis(waitingSince ?? at, clock.answerBy)) };
}

/** A new target: its risk and its miss can be told once more. */
export function restarted(clock: Clock, at: string, answerBy: string): Clock {
  const { waitingSince: _, left: __, ...kept } = clock;
  const other = (step: WorkStep) => step !== 'answer';
  return {
    ...kept,
    answerBy,
    answerRiskAt: fourFifths(at, answerBy),
    toldRisk: clock.toldRisk.filter(other),
    missed: clock.missed.filter(other),
  };
}

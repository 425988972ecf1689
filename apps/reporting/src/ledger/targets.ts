import type { Step } from '#contracts';
import type { Answer } from './answer.js';
import type { Fact } from './facts.js';

/** One step that was owed by an instant. Instants in epoch milliseconds. */
export interface Target {
  step: Step;
  dueAt: number;
  /** When it was done, in time or not. */
  doneAt?: number;
  /**
   * `met`: done in time. `owed`: not done in time, or not yet done: a miss as soon as `dueAt` is past.
   * `excused`: nothing is owed any more, or not now: withdrawn, settled or replaced before it was due, or the team
   * waits for the originator and the clock stands.
   */
  how: 'met' | 'owed' | 'excused';
  /** Who held it on the day due, and is charged with a miss; a report-back is charged to the representative. */
  teamId?: string;
}

/** An answer target that runs: from routing or reopening until the next answer. */
interface Running {
  dueAt: number;
  waitingSince?: number;
}

/**
 * The targets of one loop.
 *
 * acknowledge  once: as routed (a transfer does not extend it), done by the first acknowledgement.
 * answer       as routed, and anew with each reopening; done by the next answer. Moved by case.resumed, because the
 *              time in which the team waited for the originator is not charged. An answer that replaces another one
 *              while nothing was owed meets nothing a second time.
 * report-back  one for each answer with a representative; done when that answer is delivered.
 *
 * `endedAt` is when the loop closed: what was not due by then is owed no longer.
 */
export function targetsOf(facts: readonly Fact[], answers: readonly Answer[], endedAt?: number): Target[] {
  const targets: Target[] = [];
  const holders: { teamId: string; since: number }[] = [];
  const charged = new Map<string, string>();
  let acknowledge: Target | undefined;
  let acknowledgedAt: number | undefined;
  let running: Running | undefined;

  for (const fact of facts) {
    const at = Date.parse(fact.at);
    switch (fact.type) {
      case 'case.routed':
      case 'case.transferred':
        holders.push({ teamId: fact.teamId, since: at });
        acknowledge ??= { step: 'acknowledge', dueAt: Date.parse(fact.acknowledgeBy), how: 'owed' };
        if (running || fact.type === 'case.routed')
          running = { ...running, dueAt: Date.parse(fact.answerBy) };
        break;
      case 'case.acknowledged':
        acknowledgedAt ??= at;
        break;
      case 'case.message':
        if (running && fact.waits) running.waitingSince ??= at;
        break;
      case 'case.resumed':
        if (running) running = { dueAt: Date.parse(fact.answerBy) };
        break;
      case 'case.answered':
        if (running) targets.push(answered(running, at));
        running = undefined;
        break;
      case 'case.reopened':
        running = { dueAt: Date.parse(fact.answerBy) };
        break;
      case 'report-back.owed':
        targets.push(reportBack(fact.answerNo, Date.parse(fact.dueAt), answers));
        break;
      case 'target.missed':
        if (fact.teamId) charged.set(`${fact.step} ${Date.parse(fact.dueAt)}`, fact.teamId);
        break;
    }
  }
  if (acknowledge) targets.push(done(acknowledge, acknowledgedAt));
  if (running)
    targets.push({ step: 'answer', dueAt: running.dueAt, how: paused(running) ? 'excused' : 'owed' });

  return targets
    .map((target) => ended(target, endedAt))
    .map((target) => {
      const teamId = charged.get(`${target.step} ${target.dueAt}`) ?? holderOn(target.dueAt, holders);
      return target.step === 'report-back' || !teamId ? target : { ...target, teamId };
    })
    .sort((a, b) => a.dueAt - b.dueAt || (a.step < b.step ? -1 : 1));
}

/** Every instant at which something of these facts was ever due, in epoch ms: where the row may have been counted. */
export function everDue(facts: readonly Fact[]): number[] {
  const dues: number[] = [];
  for (const fact of facts) {
    if ('acknowledgeBy' in fact) dues.push(Date.parse(fact.acknowledgeBy));
    if ('answerBy' in fact) dues.push(Date.parse(fact.answerBy));
    if (fact.type === 'report-back.owed') dues.push(Date.parse(fact.dueAt));
  }
  return dues;
}

function done(target: Target, doneAt: number | undefined): Target {
  if (doneAt === undefined) return target;
  return { ...target, doneAt, how: doneAt <= target.dueAt ? 'met' : 'owed' };
}

/** While the team waits for the originator the clock stands: what was in time when the waiting began is in time. */
function answered(running: Running, at: number): Target {
  const clock = Math.min(at, running.waitingSince ?? at);
  return { step: 'answer', dueAt: running.dueAt, doneAt: at, how: clock <= running.dueAt ? 'met' : 'owed' };
}

function paused({ waitingSince, dueAt }: Running): boolean {
  return waitingSince !== undefined && waitingSince <= dueAt;
}

function reportBack(answerNo: number, dueAt: number, answers: readonly Answer[]): Target {
  const target: Target = { step: 'report-back', dueAt, how: 'owed' };
  const reachedAt = answers.find((answer) => answer.answerNo === answerNo)?.reachedAt;
  if (reachedAt !== undefined) return done(target, reachedAt);
  const next = answers.find((answer) => answer.answerNo > answerNo);
  return next?.at !== undefined && next.at <= dueAt ? { ...target, how: 'excused' } : target;
}

function ended(target: Target, endedAt: number | undefined): Target {
  const tooEarly = target.doneAt === undefined && endedAt !== undefined && endedAt <= target.dueAt;
  return tooEarly ? { ...target, how: 'excused' } : target;
}

/** Casework's own clock on both sides: who was responsible when it fell due. */
function holderOn(dueAt: number, holders: { teamId: string; since: number }[]): string | undefined {
  return (holders.findLast((holder) => holder.since <= dueAt) ?? holders[0])?.teamId;
}

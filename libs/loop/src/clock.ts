import { isAskedWhetherSettled } from '#contracts';
import { newestAnswer } from './loop.js';
import type { Loop, LoopEvent } from './loop.js';
import { askAgainDays, daysAfter, silentDays } from './rules.js';

/** The instant at which a loop must be looked at again, in UTC; none while it waits for nobody's silence. */
export function wakeAt(loop: Loop): string | undefined {
  const newest = newestAnswer(loop);
  if (!newest) return undefined;
  if (loop.state === 'answered') return daysAfter(newest.at, silentDays);
  // A plan is open until its date: silence about it means nothing. Praise is not asked.
  if (loop.state !== 'delivered' || !isAskedWhetherSettled(loop.kind)) return undefined;
  const asked = newest.deliveredAt ?? loop.since;
  if (!newest.askedAgainAt) return daysAfter(asked, askAgainDays);
  // However late the clock was, nobody is closed without fifteen days for the second asking.
  const silent = daysAfter(asked, silentDays);
  const answerable = daysAfter(newest.askedAgainAt, silentDays - askAgainDays);
  return silent > answerable ? silent : answerable;
}

/** What silence does, once `wakeAt` has come: asked again, then closed and never verified. */
export function wake(loop: Loop, now: string): LoopEvent[] {
  const due = wakeAt(loop);
  const newest = newestAnswer(loop);
  if (!newest || !due || now < due) return [];
  const { inputId } = loop;
  const { answerNo } = newest;
  if (loop.state === 'answered') {
    return [{ type: 'closure.unconfirmed', inputId, answerNo, why: 'unreached', at: now }];
  }
  if (!newest.askedAgainAt) return [{ type: 'asked-again', answerNo, at: now }];
  return [{ type: 'closure.unconfirmed', inputId, answerNo, why: 'silent', at: now }];
}

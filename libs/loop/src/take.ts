import { Unknown } from '#contracts';
import { evolveLoop } from './evolve.js';
import { newestAnswer } from './loop.js';
import type { Loop, LoopEvent, TeamEvent, Told } from './loop.js';

/**
 * What casework says is taken as it is: a fact never meets a refusal, and `evolveLoop` knows what it changes in which
 * state. An input that the origin does not have is Unknown, so that the event is parked and seen.
 */
export function take(loop: Loop | undefined, event: TeamEvent): LoopEvent[] {
  if (!loop) throw new Unknown('input');
  const told: Told = { type: 'told', event };
  const newest = newestAnswer(loop);
  const opened = loop.state !== 'acknowledged' && evolveLoop(loop, told).state === 'acknowledged';
  if (!loop.erasedAt || !opened || !newest) return [told];
  // The team took its answer back before it knew of the erasure. Nobody can read or write here any more, on either
  // side, so that the loop would be open for good: it is closed again, as an erasure closes it.
  const { inputId, answerNo } = { ...newest, inputId: loop.inputId };
  return [told, { type: 'closure.unconfirmed', inputId, answerNo, why: 'silent', at: event.at }];
}

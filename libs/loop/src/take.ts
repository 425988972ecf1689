import { Unknown } from '#contracts';
import type { Loop, TeamEvent, Told } from './loop.js';

/**
 * What casework says is taken as it is: a fact never meets a refusal, and `evolveLoop` knows what it changes in which
 * state. An input that the origin does not have is Unknown, so that the event is parked and seen.
 */
export function take(loop: Loop | undefined, event: TeamEvent): Told[] {
  if (!loop) throw new Unknown('input');
  return [{ type: 'told', event }];
}

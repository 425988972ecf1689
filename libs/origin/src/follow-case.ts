import { take, teamEvents } from '#loop';
import type { LoopEvent, TeamEvent } from '#loop';
import { Consumer, On } from '#messaging';
import type { Given } from '#messaging';
import type { Looped } from './inputs.js';

/** What casework says of an input is taken as it is; the loop knows what it changes. */
@Consumer()
export class FollowCase {
  @On(...teamEvents)
  told(event: TeamEvent, { state }: Given<Looped>): LoopEvent[] {
    return take(state?.loop, event);
  }
}

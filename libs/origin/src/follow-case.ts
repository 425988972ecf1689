import { take, teamEvents } from '#loop';
import type { LoopEvent, TeamEvent } from '#loop';
import { Consumer, On } from '#messaging';
import type { Given } from '#messaging';
import type { Looped } from './inputs.js';

/** How long an origin gathers what cases tell, in ms: those who spoke look in later, it need not be here at once. */
export const followCaseGatherMs = 120;

/** What casework says of an input is taken as it is; the loop knows what it changes. */
@Consumer()
export class FollowCase {
  @On(...teamEvents)
  told(event: TeamEvent, { state }: Given<Looped>): LoopEvent[] {
    return take(state?.loop, event);
  }
}

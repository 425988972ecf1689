import { take, teamEvents } from '#loop';
import type { TeamEvent, Told } from '#loop';
import { Consumer, On } from '#messaging';
import type { Given } from '#messaging';
import type { Looped } from './inputs.js';

/** What casework says of an input is taken as it is; the loop knows what it changes. */
@Consumer()
export class FollowCase {
  @On(...teamEvents)
  told(event: TeamEvent, { state }: Given<Looped>): Told[] {
    return take(state?.loop, event);
  }
}

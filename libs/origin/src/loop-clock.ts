import { wake } from '#loop';
import type { LoopEvent } from '#loop';
import { Consumer, OnWake } from '#messaging';
import { Inputs } from './inputs.js';
import type { Looped } from './inputs.js';

/** Silence: nobody opened the answer, or no word came on it. Asked again, then closed and never verified. */
@Consumer()
export class LoopClock {
  @OnWake(Inputs)
  wake({ loop }: Looped, now: string): LoopEvent[] {
    return wake(loop, now);
  }
}

import { Consumer, OnWake } from '#messaging';
import { wakeConcern } from './concern.js';
import type { Concern, ConcernEvent } from './concern.js';
import { ConcernStore } from './concern.store.js';

/** The representative's report-back target, and silence: asked again, then closed and never verified. */
@Consumer()
export class ConcernClock {
  @OnWake(ConcernStore)
  wake(concern: Concern, now: string): ConcernEvent[] {
    return wakeConcern(concern, now);
  }
}

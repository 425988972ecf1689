import { Consumer, OnWake } from '#messaging';
import { CaseStore } from '../cases/case.store.js';
import type { Case } from '../cases/case.js';
import type { CaseEvent } from '../cases/case-event.js';
import { wake } from '../cases/rules/clock.js';

/** Targets at risk and missed, and offers accepted by silence, when their time has come. */
@Consumer()
export class RunClocks {
  @OnWake(CaseStore)
  wake(state: Case, now: string): CaseEvent[] {
    return wake(state, now);
  }
}

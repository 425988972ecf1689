import { Injectable } from '@nestjs/common';
import { AggregateStore, Messaging } from '#messaging';
import type { Case } from './case.js';
import { caseAggregate } from './case.aggregate.js';
import type { CaseEvent } from './case-event.js';

/** The cases of this service, found by team and by what is due. */
@Injectable()
export class CaseStore extends AggregateStore<Case, CaseEvent> {
  constructor(messaging: Messaging) {
    super(messaging, caseAggregate, {
      indexes: [{ teams: 1, due: 1 }, { inputs: 1 }, { teams: 1, open: 1 }],
      sparse: ['undelivered'],
    });
  }
}

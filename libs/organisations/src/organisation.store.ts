import { Injectable } from '@nestjs/common';
import { AggregateStore, Messaging } from '#messaging';
import { organisationAggregate } from './organisation.js';
import type { Organisation, OrganisationEvent } from './organisation.js';

/** This service's copy of the organisations. */
@Injectable()
export class OrgStore extends AggregateStore<Organisation, OrganisationEvent> {
  constructor(messaging: Messaging) {
    super(messaging, organisationAggregate);
  }
}

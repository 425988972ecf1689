import { Injectable, Module } from '@nestjs/common';
import type { OrgChanged } from '#contracts';
import { trustedDistrict } from '#platform';
import { Messaging } from '../messaging.js';
import { MessagingModule } from '../messaging.module.js';
import { AggregateStore } from '../store/aggregate-store.js';

/** A tiny service that writes and reads nothing: each event about an organisation is kept as it is. */
@Injectable()
export class OrgsStore extends AggregateStore<OrgChanged, OrgChanged> {
  constructor(messaging: Messaging) {
    super(messaging, { name: 'orgs', evolve: (_, event) => event });
  }
}

@Module({
  imports: [MessagingModule.forService({ service: 'roster', stores: [OrgsStore], reads: {}, topics: [] })],
})
export class WriterModule {}

export const moon = trustedDistrict('moon');

export function changed(orgId: string, name = 'Io'): OrgChanged {
  return { type: 'org.changed', orgId, name, level: 'school', active: true, at: '2026-11-22T08:00:00.000Z' };
}

import { EnrolmentCounted, OrgChanged } from '#contracts';
import { Consumer, On } from '#messaging';
import type { OrganisationEvent } from './organisation.js';

/** Keeps the copy up to date from roster's events. */
@Consumer()
export class FollowOrganisations {
  @On(OrgChanged)
  changed({ type: _, at: __, ...organisation }: OrgChanged): OrganisationEvent[] {
    return [{ type: 'organisation.known', organisation }];
  }

  @On(EnrolmentCounted)
  counted({ type: _, at: __, byGrade: ___, ...count }: EnrolmentCounted): OrganisationEvent[] {
    return [{ type: 'organisation.counted', count }];
  }
}

import type { EnrolmentCounted, Level, OrgChanged } from '#contracts';
import type { Aggregate } from '#messaging';

/** One organisation as a service knows it from roster's events. */
export interface Organisation {
  orgId: string;
  name: string;
  level: Level;
  parentId?: string;
  active: boolean;
  enrolment?: { date: string; students: number; staff: number; families: number };
}

/** Not published: this service's own copy of what roster said. */
export type OrganisationEvent =
  | { type: 'organisation.known'; organisation: Omit<OrgChanged, 'type' | 'at'> }
  | { type: 'organisation.counted'; count: Omit<EnrolmentCounted, 'type' | 'at' | 'byGrade'> };

export const organisationAggregate: Aggregate<Organisation, OrganisationEvent> = {
  name: 'organisations',
  evolve(state, event) {
    switch (event.type) {
      case 'organisation.known': {
        const { orgId, name, level, parentId, active } = event.organisation;
        return {
          ...state,
          orgId,
          name,
          level,
          active,
          ...(parentId ? { parentId } : { parentId: undefined }),
        };
      }
      case 'organisation.counted': {
        const { orgId, date, students, staff, families } = event.count;
        const unnamed: Organisation = { orgId, name: orgId, level: 'school', active: false };
        return { ...(state ?? unnamed), enrolment: { date, students, staff, families } };
      }
    }
  },
};

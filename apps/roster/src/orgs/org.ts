import type { EnrolmentCounted, Level, OrgChanged } from '#contracts';
import type { Aggregate } from '#messaging';
import type { Headcount } from '../staging/headcounts.js';
import type { Organisation } from '../oneroster/organisations.js';

/** An organisation and how many people belong to it: what is published of it. */
export interface Org {
  orgId: string;
  name: string;
  level: Level;
  parentId?: string;
  active: boolean;
  counts?: Omit<Headcount, 'orgId'>;
}

export type OrgEvent = OrgChanged | EnrolmentCounted;

/** What a roster says of an organisation; nothing when it says what is known. */
export function describe(state: Org | undefined, said: Organisation, at: string): OrgEvent[] {
  const { orgId, name, level, parentId } = said;
  const same = state?.active && state.name === name && state.level === level && state.parentId === parentId;
  return same
    ? []
    : [
        {
          type: 'org.changed',
          orgId,
          name,
          level,
          ...(parentId !== undefined && { parentId }),
          active: true,
          at,
        },
      ];
}

/** A whole roster no longer has it. Its loops go on; it takes no new input. */
export function close(state: Org, at: string): OrgEvent[] {
  const { orgId, name, level, parentId, active } = state;
  return active
    ? [
        {
          type: 'org.changed',
          orgId,
          name,
          level,
          ...(parentId !== undefined && { parentId }),
          active: false,
          at,
        },
      ]
    : [];
}

/** Today's people; nothing when the numbers are those of the last count. */
export function count(state: Org | undefined, counted: Headcount, date: string, at: string): OrgEvent[] {
  const { students, staff, families, byGrade } = counted;
  const same = state?.counts && JSON.stringify(ordered(state.counts)) === JSON.stringify(ordered(counted));
  return same
    ? []
    : [{ type: 'enrolment.counted', orgId: counted.orgId, date, students, staff, families, byGrade, at }];
}

function ordered({ students, staff, families, byGrade }: Omit<Headcount, 'orgId'>): unknown {
  return [students, staff, families, byGrade.map(({ grade, students: n }) => [grade, n])];
}

export const orgAggregate: Aggregate<Org, OrgEvent> = {
  name: 'orgs',
  evolve(state, event) {
    if (event.type === 'org.changed') {
      const { orgId, name, level, parentId, active } = event;
      return {
        orgId,
        name,
        level,
        ...(parentId !== undefined && { parentId }),
        active,
        ...(state?.counts && { counts: state.counts }),
      };
    }
    const { students, staff, families, byGrade } = event;
    return { ...state!, counts: { students, staff, families, byGrade } };
  },
  index: ({ name, level, parentId, active }) => ({ folded: folded(name), level, parentId, active }),
};

/** A name as it is searched: without accents, case and doubled spaces. */
export function folded(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim();
}

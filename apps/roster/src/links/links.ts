import type { PersonLinked } from '#contracts';
import { groupOf, personOf, roleAndOrg } from '../staging/people.js';
import type { Group } from '../staging/people.js';

/** What is told of a person. */
export type Links = Pick<PersonLinked, 'studentAt' | 'staffAt' | 'familyAt' | 'speaksFor' | 'enabled'>;

/** Of somebody who is not there, or belongs nowhere. */
const none: Links = { studentAt: [], staffAt: [], familyAt: [], speaksFor: [], enabled: false };

/** The links in a person's row as it is kept; ids of people are those of the information system still. */
export function linksIn(row: string | undefined): Links {
  if (row === undefined) return none;
  const { memberships, speaksFor, enabled } = personOf(row);
  if (memberships.length === 0) return none;
  const at: Record<Group, string[]> = { student: [], staff: [], family: [] };
  for (const one of memberships) {
    const [role, orgId] = roleAndOrg(one);
    const there = at[groupOf(role)];
    // A teacher who is an aide there, too, is staff there once.
    if (!there.includes(orgId)) there.push(orgId);
  }
  return {
    studentAt: at.student.sort(),
    staffAt: at.staff.sort(),
    familyAt: at.family.sort(),
    speaksFor,
    enabled: enabled === 'true',
  };
}

export function areSame(some: Links, others: Links): boolean {
  return (
    some.enabled === others.enabled &&
    (['studentAt', 'staffAt', 'familyAt', 'speaksFor'] as const).every(
      (name) => some[name].join('\t') === others[name].join('\t'),
    )
  );
}

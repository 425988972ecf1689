import type { PersonLinked, PersonRole } from '#contracts';
import { groupOf, personOf, roleAndOrg } from '../staging/people.js';

/** What is told of a person. */
export type Links = Pick<PersonLinked, 'roles' | 'speaksFor' | 'enabled'>;

/** Of somebody who is not there, or belongs nowhere. */
const none: Links = { roles: [], speaksFor: [], enabled: false };

/** The links in a person's row as it is kept; ids of people are those of the information system still. */
export function linksIn(row: string | undefined): Links {
  if (row === undefined) return none;
  const { memberships, speaksFor, enabled } = personOf(row);
  const roles = new Map<string, PersonRole>();
  for (const one of memberships) {
    const [role, orgId] = roleAndOrg(one);
    const group = groupOf(role);
    roles.set(`${orgId}\t${group}`, { orgId, group });
  }
  if (roles.size === 0) return none;
  return { roles: [...roles.values()], speaksFor, enabled: enabled === 'true' };
}

export function areSame(some: Links, others: Links): boolean {
  return JSON.stringify(some) === JSON.stringify(others);
}

/**
 * One person in a generation, as it lies in a chunk: id, `enabledUser`, a student's first grade as the file writes it,
 * every role with its organisation (sorted, each once), and the ids of the students for whom a guardian speaks. A
 * guardian has their own role at the schools of their students too.
 */
export type PersonRow = [
  userId: string,
  enabled: string,
  grade: string,
  memberships: string[],
  speaksFor: string[],
];

/** A person before those of others are known. */
export type Draft = [userId: string, enabled: string, grade: string, memberships: string[]];

/** Roles never hold an @; organisations' ids may. */
export function membership(role: string, orgId: string): string {
  return `${role}@${orgId}`;
}

export function roleAndOrg(one: string): [role: string, orgId: string] {
  const at = one.indexOf('@');
  return [one.slice(0, at), one.slice(at + 1)];
}

export function hasGroup(memberships: Iterable<string>, group: Group): boolean {
  for (const one of memberships) if (groupOf(roleAndOrg(one)[0]) === group) return true;
  return false;
}

/** What a person is to an organisation. */
export type Group = 'student' | 'staff' | 'family';

const families = ['parent', 'guardian', 'relative'];

/** The group of a role of either version. */
export function groupOf(role: string): Group {
  if (role === 'student') return 'student';
  return families.includes(role) ? 'family' : 'staff';
}

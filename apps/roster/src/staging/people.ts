import { idOf, valuesOf } from '../generations/row.js';
import type { Code } from '../groups/group-columns.js';

/** One person in a generation, whichever rows said so. */
export interface Person {
  userId: string;
  /** `enabledUser` as the file says it. */
  enabled: string;
  /** A student's first grade, as the file writes it. */
  grade: string;
  /** `role@orgId`, sorted, each once. A guardian has their own role at the schools of their students too. */
  memberships: string[];
  /** Ids of the students for whom a guardian speaks, sorted. */
  speaksFor: string[];
  /** The groups that they belong to, as codes; kept only where the district has switched on group reporting. */
  codes: Code[];
}

/** Between the items of a list in a cell; no id holds it. */
const between = '\u001f';

export function personRow({ userId, enabled, grade, memberships, speaksFor, codes }: Person): string {
  const row = `${userId}\t${enabled}\t${grade}\t${memberships.join(between)}\t${speaksFor.join(between)}`;
  return codes.length > 0 ? `${row}\t${codes.join(between)}` : row;
}

export function personOf(row: string): Person {
  const [userId, enabled, grade, memberships, speaksFor, codes] = valuesOf(row);
  return {
    userId: userId!,
    enabled: enabled!,
    grade: grade!,
    memberships: memberships ? memberships.split(between) : [],
    speaksFor: speaksFor ? speaksFor.split(between) : [],
    codes: codes ? codes.split(between) : [],
  };
}

/** Whom a spilled line is for, and what it says. */
export function lineFor(id: string, said: readonly string[]): string {
  return `${id}\t${said.join(between)}`;
}

export function saidIn(line: string): [id: string, said: string[]] {
  const id = idOf(line);
  const rest = line.slice(id.length + 1);
  return [id, rest.split(between)];
}

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

/** The group of a role of either version. */
export function groupOf(role: string): Group {
  if (role === 'student') return 'student';
  return role === 'parent' || role === 'guardian' || role === 'relative' ? 'family' : 'staff';
}

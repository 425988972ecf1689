import { groupOf, roleAndOrg } from './people.js';
import type { Group, Person } from './people.js';

/** People of one organisation and everything below it, each counted once. */
export interface Headcount {
  orgId: string;
  students: number;
  staff: number;
  families: number;
  byGrade: { grade: string; students: number }[];
}

/** As it is kept: the headcount, and how many people are at the organisation itself. */
export type Counted = Omit<Headcount, 'orgId'> & { itself: number };

interface Count extends Record<Group, number> {
  grades: Map<string, number>;
  itself: number;
}

/**
 * Counts people as they come, by organisation and everything above it. A person with two roles of one group at an
 * organisation counts once there; a student without a grade is in `students` and in no grade.
 */
export class Headcounts {
  private readonly counts: Map<string, Count>;
  private readonly above: Map<string, string | undefined>;

  constructor(organisations: readonly { orgId: string; parentId?: string }[]) {
    this.above = new Map(organisations.map(({ orgId, parentId }) => [orgId, parentId]));
    this.counts = new Map(
      organisations.map(({ orgId }) => [
        orgId,
        { student: 0, staff: 0, family: 0, grades: new Map<string, number>(), itself: 0 },
      ]),
    );
  }

  readonly take = ({ grade, memberships }: Person): void => {
    const groups = new Map<Group, Set<string>>();
    for (const one of memberships) {
      const [role, orgId] = roleAndOrg(one);
      const group = groupOf(role);
      const there = groups.get(group);
      if (there) there.add(orgId);
      else groups.set(group, new Set([orgId]));
    }
    const itself = new Set<string>();
    for (const [group, orgIds] of groups) {
      for (const orgId of orgIds) itself.add(orgId);
      for (const orgId of this.withAllAbove(orgIds)) {
        const count = this.counts.get(orgId);
        if (!count) continue;
        count[group] += 1;
        if (group === 'student' && grade) count.grades.set(grade, (count.grades.get(grade) ?? 0) + 1);
      }
    }
    for (const orgId of itself) {
      const count = this.counts.get(orgId);
      if (count) count.itself += 1;
    }
  };

  /** By organisation. */
  all(): Map<string, Counted> {
    return new Map(
      [...this.counts].map(([orgId, { student, staff, family, grades, itself }]) => {
        const byGrade = [...grades]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([grade, students]) => ({ grade, students }));
        return [orgId, { students: student, staff, families: family, byGrade, itself }];
      }),
    );
  }

  private withAllAbove(orgIds: ReadonlySet<string>): Set<string> {
    const all = new Set<string>();
    for (const orgId of orgIds) {
      for (let at: string | undefined = orgId; at !== undefined && !all.has(at); at = this.above.get(at))
        all.add(at);
    }
    return all;
  }
}

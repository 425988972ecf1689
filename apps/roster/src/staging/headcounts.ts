import type { Code } from '../groups/group-columns.js';
import type { GroupCounts } from './group-counts.js';
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
export type Counted = Omit<Headcount, 'orgId'> & { itself: number; counts?: GroupCounts };

interface Count extends Record<Group, number> {
  grades: Map<string, number>;
  codes: Map<Code, number>;
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
        { student: 0, staff: 0, family: 0, grades: new Map(), codes: new Map(), itself: 0 },
      ]),
    );
  }

  readonly take = ({ grade, memberships, codes }: Person): void => {
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
        if (group !== 'student') continue;
        if (grade) count.grades.set(grade, (count.grades.get(grade) ?? 0) + 1);
        for (const code of codes) count.codes.set(code, (count.codes.get(code) ?? 0) + 1);
      }
    }
    for (const orgId of itself) {
      const count = this.counts.get(orgId);
      if (count) count.itself += 1;
    }
  };

  /** By organisation. @param groups counts an organisation's students by what is known of their groups. */
  all(
    groups: (orgId: string, codes: ReadonlyMap<Code, number>) => GroupCounts | undefined,
  ): Map<string, Counted> {
    return new Map(
      [...this.counts].map(([orgId, { student, staff, family, grades, codes, itself }]) => {
        const byGrade = [...grades]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([grade, students]) => ({ grade, students }));
        const counts = groups(orgId, codes);
        return [
          orgId,
          { students: student, staff, families: family, byGrade, itself, ...(counts && { counts }) },
        ];
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

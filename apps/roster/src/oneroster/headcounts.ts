/** What a person is to an organisation. */
export type Group = 'student' | 'staff' | 'family';

/** A person while an import is read; nothing of it is stored. */
export interface Person {
  active: boolean;
  /** The first grade of a student, as the file writes it. */
  grade?: string;
  /** Students' parents and guardians, or the students of a parent: ids of users. */
  agents: string[];
  /** Organisations by what the person is there. */
  at: Map<Group, Set<string>>;
}

/** People of one organisation and everything below it, each counted once. */
export interface Headcount {
  orgId: string;
  students: number;
  staff: number;
  families: number;
  byGrade: { grade: string; students: number }[];
}

/** The group of a role of either version. */
export function groupOf(role: string): Group {
  if (role === 'student') return 'student';
  return ['parent', 'guardian', 'relative'].includes(role) ? 'family' : 'staff';
}

export function belongsTo(person: Person, group: Group, orgId: string): void {
  const there = person.at.get(group);
  if (there) there.add(orgId);
  else person.at.set(group, new Set([orgId]));
}

/** Whether something is in force on a day; both ends count, an empty one is open. Days as `2026-08-10`. */
export function inForce(day: string, begin: string, end: string): boolean {
  return (begin === '' || begin <= day) && (end === '' || end >= day);
}

/**
 * Counts distinct active people of every organisation, rolled up the tree. A parent counts as a family of the schools
 * of their children too, by the agents of either row. Students without a grade are in `students` and in no grade.
 */
export function headcounts(
  people: ReadonlyMap<string, Person>,
  organisations: readonly { orgId: string; parentId?: string }[],
): Headcount[] {
  const above = new Map(organisations.map(({ orgId, parentId }) => [orgId, parentId]));
  const counts = new Map(
    organisations.map(({ orgId }) => [
      orgId,
      { student: 0, staff: 0, family: 0, grades: new Map<string, number>() },
    ]),
  );
  for (const [child, parent] of families(people)) {
    for (const orgId of child.at.get('student') ?? []) belongsTo(parent, 'family', orgId);
  }
  for (const person of people.values()) {
    if (!person.active) continue;
    for (const [group, orgIds] of person.at) {
      for (const orgId of withAllAbove(orgIds, above)) {
        const count = counts.get(orgId);
        if (!count) continue;
        count[group] += 1;
        if (group === 'student' && person.grade)
          count.grades.set(person.grade, (count.grades.get(person.grade) ?? 0) + 1);
      }
    }
  }
  return [...counts].map(([orgId, { student, staff, family, grades }]) => ({
    orgId,
    students: student,
    staff,
    families: family,
    byGrade: [...grades]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([grade, students]) => ({ grade, students })),
  }));
}

/** Pairs of an active student and a parent of theirs, found from either side. */
function families(people: ReadonlyMap<string, Person>): [student: Person, parent: Person][] {
  return [...people.values()].flatMap((one) =>
    one.agents.flatMap((id): [Person, Person][] => {
      const other = people.get(id);
      if (!other) return [];
      const [student, parent] = one.at.has('student') ? [one, other] : [other, one];
      return student.active && student.at.has('student') && parent.at.has('family')
        ? [[student, parent]]
        : [];
    }),
  );
}

function withAllAbove(
  orgIds: ReadonlySet<string>,
  above: ReadonlyMap<string, string | undefined>,
): Set<string> {
  const all = new Set<string>();
  for (const orgId of orgIds) {
    for (let at: string | undefined = orgId; at !== undefined && !all.has(at); at = above.get(at))
      all.add(at);
  }
  return all;
}

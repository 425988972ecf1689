import { createHash } from 'node:crypto';
import { inForce } from '../oneroster/in-force.js';
import type { Row } from '../oneroster/check-row.js';
import type { OrgType } from '../oneroster/columns.js';
import { codeOf, relationOf, staffRoleOf } from './descriptors.js';
import type { PageStore } from './page-store.js';
import type { ContactLinkRecord, EnrolmentRecord, Resource } from './resources.js';

/**
 * Rows in the shape of OneRoster 1.2, made of the pages of an Ed-Fi API. The same pages give the same rows in the same
 * order, on any day, so that a conversion that broke off can go on at the row where it stopped.
 *
 * Records stream from disk; what is held meanwhile is one map of ids at a time: of grades and families for `users`, of
 * enrolments for `roles`. With 200,000 students and two contacts each that was 180 MB of heap when measured, and it grows
 * with the district: one of several million students needs these joins done on disk.
 */
export class Conversion {
  private readonly counts = new Map<string, number>();

  constructor(
    private readonly store: PageStore,
    /** Today in the district, `2026-11-26`: tells which of a student's grades is the present one. */
    private readonly day: string,
    private readonly schoolYear: number | undefined,
  ) {}

  /** What was left out or read in another way, each with how many rows it befell. */
  notes(): string[] {
    return [...this.counts].map(([note, rows]) => `${note} (${rows} ${rows === 1 ? 'row' : 'rows'})`);
  }

  async *orgs(): AsyncGenerator<Row> {
    for (const [resource, type] of orgTypes) {
      for await (const { key, name, closed, above } of this.store.records(resource)) {
        const parent = above.find(([there]) => !this.store.mark(there).missing);
        if (!parent && above.length > 0)
          this.note(`${resource}: what they belong to cannot be read, they stand at the top`);
        yield {
          sourcedId: idOf('edorg', key),
          status: closed ? 'tobedeleted' : 'active',
          name,
          type,
          parentSourcedId: parent ? idOf('edorg', parent[1]) : '',
        };
      }
    }
  }

  async *users(): AsyncGenerator<Row> {
    const grades = await this.grades();
    const contactsOf = new Map<string, string[]>();
    const studentsOf = new Map<string, string[]>();
    for await (const { student, contact } of this.links()) {
      add(contactsOf, student, idOf('contact', contact));
      add(studentsOf, contact, idOf('student', student));
    }
    for await (const student of this.store.records('students')) {
      yield {
        ...userRow('student', student),
        agentSourcedIds: (contactsOf.get(student.key) ?? []).join(','),
        grades: grades.get(student.key)?.grade ?? '',
      };
    }
    for await (const contact of this.store.records(this.contacts())) {
      yield {
        ...userRow('contact', contact),
        agentSourcedIds: (studentsOf.get(contact.key) ?? []).join(','),
        grades: '',
      };
    }
    for await (const staff of this.store.records('staffs'))
      yield { ...userRow('staff', staff), agentSourcedIds: '', grades: '' };
  }

  async *roles(): AsyncGenerator<Row> {
    const enrolments = new Map<string, Pick<EnrolmentRecord, 'school' | 'begin' | 'end'>[]>();
    for await (const enrolment of this.enrolments(true)) {
      const { student, school, begin, end } = enrolment;
      add(enrolments, student, { school, begin, end });
      yield roleRow('student', enrolment.student, 'student', enrolment.school, enrolment);
    }
    // A contact is what they are at each school of the student, and as long as the student is there.
    for await (const { student, contact, relation, legalGuardian } of this.links()) {
      const role = relationOf(relation, legalGuardian);
      for (const { school, begin, end } of enrolments.get(student) ?? []) {
        const how = { key: student, begin, end, primary: true };
        yield roleRow('contact', contact, role, school, how);
      }
    }
    enrolments.clear();
    yield* this.staffRoles();
  }

  private async *staffRoles(): AsyncGenerator<Row> {
    const known = new Set<string>();
    for (const [resource] of orgTypes)
      for await (const { key } of this.store.records(resource)) known.add(key);
    const resource = assignmentsIn(this.store);
    if (resource === 'staffSchoolAssociations')
      this.note('staff are read from staffSchoolAssociations, as teachers', this.store.mark(resource).rows);
    for await (const { staff, org, classification, ...how } of this.store.records(resource)) {
      if (!known.has(org)) {
        this.note(`${resource}: assignments to an organisation of another kind are left out`);
        continue;
      }
      yield roleRow('staff', staff, this.staffRole(classification), org, how);
    }
  }

  /** Who is not known to be more gets the role that lets them do least; for counting all staff are alike. */
  private staffRole(classification: string | undefined): string {
    if (classification === undefined) return 'teacher';
    const role = staffRoleOf(classification);
    if (!role) this.note(`staff classification "${codeOf(classification).slice(0, 60)}" is taken as aide`);
    return role ?? 'aide';
  }

  /** Of each student the enrolment that tells the grade: one in force, of the primary school, the latest. */
  private async grades(): Promise<Map<string, { grade: string; rank: string }>> {
    const grades = new Map<string, { grade: string; rank: string }>();
    for await (const { student, begin, end, grade, primary } of this.enrolments(false)) {
      const rank = `${inForce(this.day, begin, end) ? 1 : 0}${primary ? 1 : 0}${begin}`;
      if (rank > (grades.get(student)?.rank ?? '')) grades.set(student, { grade, rank });
    }
    return grades;
  }

  private async *enrolments(noting: boolean): AsyncGenerator<EnrolmentRecord> {
    let found = false;
    for await (const enrolment of this.store.records('studentSchoolAssociations')) {
      const { schoolYear } = enrolment;
      if (this.schoolYear !== undefined && schoolYear !== 0 && schoolYear !== this.schoolYear) {
        if (noting) this.note(`studentSchoolAssociations of school year ${schoolYear} are left out`);
        continue;
      }
      found = true;
      yield enrolment;
    }
    if (!found)
      throw new Error(
        `studentSchoolAssociations: none is of school year ${this.schoolYear}: check schoolYear`,
      );
  }

  private links(): AsyncGenerator<ContactLinkRecord> {
    return this.store.records(
      this.contacts() === 'contacts' ? 'studentContactAssociations' : 'studentParentAssociations',
    );
  }

  private contacts(): 'contacts' | 'parents' {
    return this.store.mark('studentContactAssociations').missing ? 'parents' : 'contacts';
  }

  private note(what: string, rows = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + rows);
  }
}

const orgTypes: [
  'stateEducationAgencies' | 'educationServiceCenters' | 'localEducationAgencies' | 'schools',
  OrgType,
][] = [
  ['stateEducationAgencies', 'state'],
  ['educationServiceCenters', 'local'],
  ['localEducationAgencies', 'district'],
  ['schools', 'school'],
];

/** Where staff are assigned: an API that knows no assignments may still say who teaches where. */
export function assignmentsIn(
  store: PageStore,
): 'staffEducationOrganizationAssignmentAssociations' | 'staffSchoolAssociations' {
  const { rows } = store.mark('staffEducationOrganizationAssignmentAssociations');
  return rows > 0 ? 'staffEducationOrganizationAssignmentAssociations' : 'staffSchoolAssociations';
}

type Kind = 'edorg' | 'student' | 'contact' | 'staff';

/** Keeps kinds apart, since a unique id is unique within its kind only. A comma would end the id in a list of ids. */
function idOf(kind: Kind, key: string): string {
  return `${kind}:${key.replace(/[%,]/g, encodeURIComponent)}`;
}

function userRow(
  kind: Kind,
  { key, givenName, familyName }: { key: string; givenName: string; familyName: string },
): Row {
  return {
    sourcedId: idOf(kind, key),
    status: 'active',
    enabledUser: 'true',
    username: key,
    givenName,
    familyName,
  };
}

function roleRow(
  kind: Kind,
  user: string,
  role: string,
  org: string,
  how: { key: string; begin: string; end: string; primary: boolean },
): Row {
  const key = JSON.stringify([kind, user, role, org, how.key, how.begin]);
  return {
    sourcedId: `role:${createHash('sha256').update(key).digest('base64url').slice(0, 27)}`,
    status: 'active',
    userSourcedId: idOf(kind, user),
    roleType: how.primary ? 'primary' : 'secondary',
    role,
    beginDate: how.begin,
    endDate: how.end,
    orgSourcedId: idOf('edorg', org),
  };
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** The resources whose records become organisations. */
export const orgResources: readonly Resource[] = orgTypes.map(([resource]) => resource);

import { join } from 'node:path';
import { idOf, valuesOf } from '../generations/row.js';
import type { FileOfRows } from '../generations/generation.js';
import { listed } from '../oneroster/check-row.js';
import type { GroupCodes } from './group-codes.js';
import { groupOf, hasGroup, lineFor, membership, personOf, personRow, roleAndOrg, saidIn } from './people.js';
import type { Person } from './people.js';
import { Spill } from './spill.js';
import type { StagedFile, Staging } from './staged-file.js';

/** A person's row before and after, each as it lies in its chunk; undefined: not there. */
export interface PersonChange {
  before?: string;
  after?: string;
}

/** Links between a student and someone who does not have a guardian's role, or is not there. */
export interface Unclear {
  count: number;
  /** The first twenty, `agent of student`. */
  examples: string[];
}

/**
 * Brings together what users, roles and enrolments say of each person, and what students and guardians say of each
 * other: every person once, in the buckets of users. Three rounds over the disk, a bucket in memory at a time.
 */
export class SettlePeople {
  private readonly members: Spill;
  private readonly drafts: Spill;
  /** For a student: a guardian who names them. */
  private readonly asked: Spill;
  /** For a guardian: a student, and the student's schools. */
  private readonly told: Spill;
  readonly unclear: Unclear = { count: 0, examples: [] };

  constructor(
    private readonly staging: Staging,
    private readonly users: StagedFile,
    /** The organisation that a row of orgs.csv counts for; undefined for one that the roster does not have. */
    private readonly belongs: (orgId: string) => string | undefined,
    private readonly codes?: { said: GroupCodes; areKept: boolean },
  ) {
    const spill = (name: string): Spill => new Spill(join(staging.folder, `people-${name}`), users.buckets);
    this.members = spill('members');
    this.drafts = spill('drafts');
    this.asked = spill('asked');
    this.told = spill('told');
  }

  /** A role or an enrolment in force. */
  member(userId: string, role: string, orgId: string): void {
    const at = this.belongs(orgId);
    if (at !== undefined) this.members.add(userId, `${userId}\t${membership(role, at)}`);
  }

  /**
   * @param base the people of the generation before. @param each is given everyone there is.
   * @param changed is given everyone whose row is not what it was.
   */
  async settle(
    base: FileOfRows | undefined,
    each: (person: Person) => void,
    changed: (change: PersonChange) => void,
  ): Promise<FileOfRows> {
    const { buckets } = this.users;
    for (const step of [this.draft, this.answer]) {
      for (let bucket = 0; bucket < buckets; bucket += 1) {
        step.call(this, bucket);
        await this.staging.beat();
      }
    }
    const digests: string[] = [];
    let rows = 0;
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      const people = this.linked(bucket);
      await this.lay(bucket, people, base);
      for (const person of people) {
        each(person);
        if (!this.codes?.areKept) person.codes = [];
      }
      digests.push(await this.write(bucket, people, base, changed));
      rows += people.length;
      await this.staging.beat();
    }
    for (const spill of [this.members, this.drafts, this.asked, this.told]) spill.close();
    return { digests, rows };
  }

  /** Each user's own roles; and their word of whom they belong to, sent to where that person lies. */
  private draft(bucket: number): void {
    const members = new Map<string, Set<string>>();
    for (const line of this.members.lines(bucket)) {
      const userId = idOf(line);
      const one = line.slice(userId.length + 1);
      const there = members.get(userId);
      if (there) there.add(one);
      else members.set(userId, new Set([one]));
    }
    for (const row of this.users.finalRows(bucket)) {
      const [userId, enabled, agents, grades, orgs, role] = valuesOf(row) as UserValues;
      const memberships = members.get(userId) ?? new Set<string>();
      for (const orgId of role ? listed(orgs) : []) {
        const at = this.belongs(orgId);
        if (at !== undefined) memberships.add(membership(role, at));
      }
      const grade = listed(grades)[0]?.slice(0, 16) ?? '';
      const draft: Person = {
        userId,
        enabled,
        grade,
        memberships: [...memberships],
        speaksFor: [],
        codes: [],
      };
      this.drafts.put(bucket, personRow(draft));
      if (agents) this.link(draft, listed(agents));
    }
  }

  private link(person: Person, named: readonly string[]): void {
    const { userId, memberships } = person;
    const schools = schoolsOf(person);
    const speaks = hasGroup(memberships, 'family');
    for (const other of named) {
      if (schools.length > 0) this.told.add(other, lineFor(other, [userId, ...schools]));
      else if (speaks) this.asked.add(other, lineFor(other, [userId]));
      else this.isUnclear(other, userId);
    }
  }

  /** Students answer those who named them. */
  private answer(bucket: number): void {
    const asked = this.asked.lines(bucket);
    if (asked.length === 0) return;
    const drafts = this.draftsOf(bucket);
    for (const line of asked) {
      const [student, [guardian]] = saidIn(line) as [string, [string]];
      const there = drafts.get(student);
      const schools = there ? schoolsOf(there) : [];
      if (schools.length > 0) this.told.add(guardian, lineFor(guardian, [student, ...schools]));
      else this.isUnclear(guardian, student);
    }
  }

  /** Guardians with their students, at the schools of these too. */
  private linked(bucket: number): Person[] {
    const drafts = this.draftsOf(bucket);
    for (const line of this.told.lines(bucket)) {
      const [guardian, [student, ...schools]] = saidIn(line) as [string, [string, ...string[]]];
      const draft = drafts.get(guardian);
      const role = draft?.memberships
        .map((one) => roleAndOrg(one)[0])
        .find((one) => groupOf(one) === 'family');
      if (!draft || !role) {
        this.isUnclear(guardian, student);
        continue;
      }
      for (const school of schools) draft.memberships.push(membership(role, school));
      draft.speaksFor.push(student);
    }
    return [...drafts.values()].map((draft) => ({
      ...draft,
      memberships: distinct(draft.memberships),
      speaksFor: distinct(draft.speaksFor),
    }));
  }

  /** Gives everybody the groups that they belong to. */
  private async lay(bucket: number, people: readonly Person[], base: FileOfRows | undefined): Promise<void> {
    if (!this.codes) return;
    const { said, areKept } = this.codes;
    const { district, chunks } = this.staging;
    const before = areKept ? await chunks.bucket(district, base, bucket, this.users.buckets) : [];
    said.lay(bucket, new Map(people.map((person) => [person.userId, person])), before);
  }

  /** Writes a bucket's chunk if it is new, and tells whom it changes. */
  private async write(
    bucket: number,
    people: readonly Person[],
    base: FileOfRows | undefined,
    changed: (change: PersonChange) => void,
  ): Promise<string> {
    const { district, chunks, nameOf } = this.staging;
    const rows = people.map(personRow);
    const text = rows.join('\n');
    const digest = text && nameOf(text);
    if (base?.digests.length === this.users.buckets && base.digests[bucket] === digest) return digest;
    if (text) await chunks.put(district, digest, text);
    const before = new Map<string, string>();
    for (const row of await chunks.bucket(district, base, bucket, this.users.buckets))
      before.set(idOf(row), row);
    for (const row of rows) {
      const known = before.get(idOf(row));
      before.delete(idOf(row));
      if (known !== row) changed({ ...(known !== undefined && { before: known }), after: row });
    }
    for (const row of before.values()) changed({ before: row });
    return digest;
  }

  private draftsOf(bucket: number): Map<string, Person> {
    return new Map(
      this.drafts.lines(bucket).map((line) => {
        const draft = personOf(line);
        return [draft.userId, draft];
      }),
    );
  }

  private isUnclear(agent: string, student: string): void {
    this.unclear.count += 1;
    if (this.unclear.examples.length < 20)
      this.unclear.examples.push(`${agent.slice(0, 80)} of ${student.slice(0, 80)}`);
  }
}

/** The kept columns of users.csv. */
type UserValues = [
  userId: string,
  enabled: string,
  agents: string,
  grades: string,
  orgs: string,
  role: string,
];

function schoolsOf({ memberships }: Person): string[] {
  return memberships.filter((one) => one.startsWith('student@')).map((one) => one.slice('student@'.length));
}

function distinct(all: string[]): string[] {
  return all.length < 2 ? all : [...new Set(all)].sort();
}

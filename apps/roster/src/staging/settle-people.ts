import { join } from 'node:path';
import { digestOf } from '../generations/sealing.js';
import type { FileOfRows } from '../generations/generation.js';
import { listed } from '../oneroster/check-row.js';
import { groupOf, hasGroup, membership } from './people.js';
import type { Draft, PersonRow } from './people.js';
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
  /** [student, guardian]: a guardian names a student. */
  private readonly asked: Spill;
  /** [guardian, student, ...the student's schools]. */
  private readonly told: Spill;
  readonly unclear: Unclear = { count: 0, examples: [] };

  constructor(
    private readonly staging: Staging,
    private readonly users: StagedFile,
    /** The organisation that a row of orgs.csv counts for; undefined for one that the roster does not have. */
    private readonly belongs: (orgId: string) => string | undefined,
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
    if (at !== undefined) this.members.add(userId, JSON.stringify([userId, membership(role, at)]));
  }

  /**
   * @param base the people of the generation before.
   * @param changed is given everyone whose row is not what it was. @param each is given everyone there is.
   */
  async settle(
    base: FileOfRows | undefined,
    each: (person: PersonRow) => void,
    changed: (change: PersonChange) => void,
  ): Promise<FileOfRows> {
    const { buckets } = this.users;
    const round = async (step: (bucket: number) => void): Promise<void> => {
      for (let bucket = 0; bucket < buckets; bucket += 1) {
        step(bucket);
        await this.staging.beat();
      }
    };
    await round((bucket) => this.draft(bucket));
    await round((bucket) => this.answer(bucket));
    const digests: string[] = [];
    let rows = 0;
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      const people = this.linked(bucket);
      for (const person of people) each(person);
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
      const [userId, one] = JSON.parse(line) as [string, string];
      const there = members.get(userId);
      if (there) there.add(one);
      else members.set(userId, new Set([one]));
    }
    for (const [userId, enabled, agents, grades, orgs, role] of this.users.finalRows(bucket)) {
      const memberships = members.get(userId) ?? new Set<string>();
      for (const orgId of role ? listed(orgs!) : []) {
        const at = this.belongs(orgId);
        if (at !== undefined) memberships.add(membership(role!, at));
      }
      const draft: Draft = [userId, enabled!, listed(grades!)[0]?.slice(0, 16) ?? '', [...memberships]];
      this.drafts.put(bucket, JSON.stringify(draft));
      const named = listed(agents!);
      if (named.length === 0) continue;
      const schools = schoolsOf(draft);
      const speaks = hasGroup(memberships, 'family');
      for (const other of named) {
        if (schools.length > 0) this.told.add(other, JSON.stringify([other, userId, ...schools]));
        else if (speaks) this.asked.add(other, JSON.stringify([other, userId]));
        else this.isUnclear(other, userId);
      }
    }
  }

  /** Students answer those who named them. */
  private answer(bucket: number): void {
    const asked = this.asked.lines(bucket);
    if (asked.length === 0) return;
    const drafts = this.draftsOf(bucket);
    for (const line of asked) {
      const [student, guardian] = JSON.parse(line) as [string, string];
      const there = drafts.get(student);
      const schools = there ? schoolsOf(there) : [];
      if (schools.length > 0) this.told.add(guardian, JSON.stringify([guardian, student, ...schools]));
      else this.isUnclear(guardian, student);
    }
  }

  /** Guardians with their students, at the schools of these too. */
  private linked(bucket: number): PersonRow[] {
    const drafts = this.draftsOf(bucket);
    const students = new Map<string, Set<string>>();
    for (const line of this.told.lines(bucket)) {
      const [guardian, student, ...schools] = JSON.parse(line) as [string, string, ...string[]];
      const draft = drafts.get(guardian);
      const role = draft?.[3]
        .map((one) => one.slice(0, one.indexOf('@')))
        .find((one) => groupOf(one) === 'family');
      if (!draft || !role) {
        this.isUnclear(guardian, student);
        continue;
      }
      for (const school of schools) draft[3].push(membership(role, school));
      const known = students.get(guardian);
      if (known) known.add(student);
      else students.set(guardian, new Set([student]));
    }
    return [...drafts.values()].map(([userId, enabled, grade, memberships]) => [
      userId,
      enabled,
      grade,
      [...new Set(memberships)].sort(),
      [...(students.get(userId) ?? [])].sort(),
    ]);
  }

  /** Writes a bucket's chunk if it is new, and tells whom it changes. */
  private async write(
    bucket: number,
    people: PersonRow[],
    base: FileOfRows | undefined,
    changed: (change: PersonChange) => void,
  ): Promise<string> {
    const { district, chunks } = this.staging;
    const lines = people.map((person) => JSON.stringify(person));
    const text = lines.join('\n');
    const digest = text && digestOf(text);
    if (base?.digests.length === this.users.buckets && base.digests[bucket] === digest) return digest;
    if (text) await chunks.put(district, digest, text);
    const before = new Map<string, string>();
    for (const line of await chunks.bucket(district, base, bucket, this.users.buckets))
      before.set((JSON.parse(line) as PersonRow)[0], line);
    people.forEach(([userId], i) => {
      const known = before.get(userId);
      before.delete(userId);
      if (known !== lines[i]) changed({ ...(known !== undefined && { before: known }), after: lines[i]! });
    });
    for (const line of before.values()) changed({ before: line });
    return digest;
  }

  private draftsOf(bucket: number): Map<string, Draft> {
    return new Map(
      this.drafts.lines(bucket).map((line) => {
        const draft = JSON.parse(line) as Draft;
        return [draft[0], draft];
      }),
    );
  }

  private isUnclear(agent: string, student: string): void {
    this.unclear.count += 1;
    if (this.unclear.examples.length < 20)
      this.unclear.examples.push(`${agent.slice(0, 80)} of ${student.slice(0, 80)}`);
  }
}

function schoolsOf([, , , memberships]: Draft): string[] {
  return memberships.filter((one) => one.startsWith('student@')).map((one) => one.slice('student@'.length));
}

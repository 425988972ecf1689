import { join } from 'node:path';
import { compareRows } from '../generations/compare-people.js';
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
  /** A link that both sides name is one. */
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
  /** For anyone: who names them, and what that person is. */
  private readonly named: Spill;
  /** For a guardian: a student, and the student's schools. */
  private readonly told: Spill;
  /** Links that are unclear, where the first of both ids lies: so that one that both name meets itself. */
  private readonly doubts: Spill;
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
    this.named = spill('named');
    this.told = spill('told');
    this.doubts = spill('doubts');
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
    let done = 0;
    const beat = (): Promise<void> => {
      done += 1;
      return this.staging.beat({ step: 'people', done, all: buckets * 3 });
    };
    for (const step of [this.draft, this.decide]) {
      for (let bucket = 0; bucket < buckets; bucket += 1) {
        step.call(this, bucket);
        await beat();
      }
    }
    const digests: string[] = [];
    let rows = 0;
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      const people = this.linked(bucket);
      this.countDoubts(bucket);
      await this.lay(bucket, people, base);
      for (const person of people) {
        each(person);
        if (!this.codes?.areKept) person.codes = [];
      }
      digests.push(await this.write(bucket, people, base, changed));
      rows += people.length;
      await beat();
    }
    for (const spill of [this.members, this.drafts, this.named, this.told, this.doubts]) spill.close();
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
      const said = [userId, hasGroup(draft.memberships, 'family') ? 'speaks' : '', ...schoolsOf(draft)];
      for (const other of listed(agents)) this.named.add(other, lineFor(other, said));
    }
  }

  /**
   * Whoever is named knows what the link means: a student names those who speak for them, a guardian those they speak
   * for. Both of it may be one person: a grown student who is a parent too. Two such people could each speak for the
   * other, which is more than either said.
   */
  private decide(bucket: number): void {
    const lines = this.named.lines(bucket);
    if (lines.length === 0) return;
    const drafts = this.draftsOf(bucket);
    for (const line of lines) {
      const [id, [namer, speaks, ...schools]] = saidIn(line) as [string, [string, string, ...string[]]];
      const there = drafts.get(id);
      const own = there ? schoolsOf(there) : [];
      const isFor = schools.length > 0 && there !== undefined && hasGroup(there.memberships, 'family');
      const isBy = speaks !== '' && own.length > 0;
      if (isFor && !isBy) this.told.put(bucket, lineFor(id, [namer, ...schools]));
      else if (isBy && !isFor) this.told.add(namer, lineFor(namer, [id, ...own]));
      else {
        const isAgent = speaks !== '' || (own.length > 0 && schools.length === 0);
        const [first] = [id, namer].sort();
        this.doubts.add(first!, lineFor(first!, isAgent ? [namer, id] : [id, namer]));
      }
    }
  }

  /** Guardians with their students, at the schools of these too. */
  private linked(bucket: number): Person[] {
    const drafts = this.draftsOf(bucket);
    for (const line of this.told.lines(bucket)) {
      const [guardian, [student, ...schools]] = saidIn(line) as [string, [string, ...string[]]];
      const draft = drafts.get(guardian)!;
      const role = draft.memberships
        .map((one) => roleAndOrg(one)[0])
        .find((one) => groupOf(one) === 'family');
      for (const school of schools) draft.memberships.push(membership(role!, school));
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
    compareRows(await chunks.bucket(district, base, bucket, this.users.buckets), rows, changed);
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

  private countDoubts(bucket: number): void {
    const seen = new Set<string>();
    for (const line of this.doubts.lines(bucket)) {
      const [agent, student] = saidIn(line)[1] as [string, string];
      const link = [agent, student].sort().join('\t');
      if (seen.has(link)) continue;
      seen.add(link);
      this.unclear.count += 1;
      if (this.unclear.examples.length < 20)
        this.unclear.examples.push(`${agent.slice(0, 80)} of ${student.slice(0, 80)}`);
    }
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

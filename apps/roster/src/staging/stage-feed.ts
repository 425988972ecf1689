import type { Feed, FeedFile } from '../feed/feed.js';
import { bucketsFor } from '../generations/bucket.js';
import type { FileOfRows, Generation } from '../generations/generation.js';
import { contentOf, idOf, valuesOf } from '../generations/row.js';
import { fileNames } from '../oneroster/columns.js';
import type { FileName } from '../oneroster/columns.js';
import { InForce } from '../oneroster/in-force.js';
import type { Organisation } from '../oneroster/organisations.js';
import { PeopleDifference } from './difference.js';
import { emptyReport } from './file-report.js';
import type { FileReport } from './file-report.js';
import type { Fingerprint } from './fingerprint.js';
import { columnsRead, isCoded } from '../groups/group-columns.js';
import type { GroupColumns } from '../groups/group-columns.js';
import { GroupCodes } from './group-codes.js';
import { groupCounts } from './group-counts.js';
import type { GroupCounts } from './group-counts.js';
import { Headcounts } from './headcounts.js';
import type { Counted } from './headcounts.js';
import { readFile } from './read-file.js';
import { SettlePeople } from './settle-people.js';
import type { Unclear } from './settle-people.js';
import { stageOrgs } from './stage-orgs.js';
import type { StagedOrgs } from './stage-orgs.js';
import { StagedFile } from './staged-file.js';
import type { Staging } from './staged-file.js';
import { writeRows } from './write-rows.js';

/** A generation that is complete and that nobody reads yet, and what it would change. */
export interface Staged {
  generation: Generation;
  files: FileReport[];
  organisations: Organisation[];
  /** Those of the generation before. */
  before: Organisation[];
  people: PeopleDifference;
  unclear: Unclear;
}

/**
 * Reads a feed and lays it over the generation before. Chunks are written as they are settled; as long as nothing
 * names the generation they have no effect, so that it may break off at any point and be begun again.
 * @throws Error when a feed without organisations comes first: nobody could tell what the rest belongs to.
 */
export async function stageFeed(
  feed: Feed,
  base: Generation | undefined,
  about: Pick<Generation, 'generationId' | 'source' | 'day' | 'at'>,
  groups: GroupColumns,
  staging: Staging,
  fingerprint: Fingerprint,
): Promise<Staged> {
  const orgs = await stageOrgs(feed, base?.files.orgs, staging, fingerprint);
  return new FeedStaging(feed, base, about, groups, staging, fingerprint, orgs).all();
}

/** Whether another file names its ids. */
function isReferredTo(file: FileName): boolean {
  return file === 'academicSessions' || file === 'courses' || file === 'classes' || file === 'users';
}

/** What follows from the rows about people. */
type WorkedOut = Pick<
  Generation,
  'files' | 'people' | 'enrolments' | 'endsFirst' | 'beginsFirst' | 'unclear' | 'coded'
>;

class FeedStaging {
  private readonly reports: FileReport[] = [];
  private readonly staged = new Map<FileName, StagedFile>();
  private codes?: GroupCodes;
  private readonly files: Partial<Record<FileName, FileOfRows>> = {};

  constructor(
    private readonly feed: Feed,
    private readonly base: Generation | undefined,
    private readonly about: Pick<Generation, 'generationId' | 'source' | 'day' | 'at'>,
    private readonly groups: GroupColumns,
    private readonly staging: Staging,
    private readonly fingerprint: Fingerprint,
    private readonly orgs: StagedOrgs,
  ) {
    if (orgs.report) this.reports.push(orgs.report);
  }

  async all(): Promise<Staged> {
    for (const file of fileNames) if (file !== 'orgs') await this.one(file);
    const { organisations } = this.orgs.tree;
    const difference = new PeopleDifference();
    const notCounted = this.whyNotCounted();
    const { demographics: _, ...files } = this.files;
    const kept = { ...files, ...(this.orgs.file && { orgs: this.orgs.file }) };
    const people = this.sameAsBefore(kept) ?? (await this.settlePeople(kept, difference, !notCounted));
    for (const staged of this.staged.values()) staged.close();
    this.codes?.close();
    return {
      generation: {
        ...this.about,
        oneRoster: this.feed.version,
        ...people,
        files: { ...kept, ...people.files },
        ...(notCounted && { notCounted }),
      },
      files: this.reports,
      organisations,
      before: this.orgs.before,
      people: difference,
      unclear: people.unclear,
    };
  }

  /** What was worked out of people before, when nothing that it was made of has changed, and no day has. */
  private sameAsBefore(files: Generation['files']): WorkedOut | undefined {
    const { base } = this;
    if (!base) return undefined;
    const { day } = this.about;
    if (day < base.day || day > base.endsFirst || day >= base.beginsFirst) return undefined;
    for (const file of ['orgs', 'users', 'roles', 'enrollments'] as const)
      if (files[file]?.digests.join() !== base.files[file]?.digests.join()) return undefined;
    if (base.coded?.columns !== this.columnsDigest()) return undefined;
    if (this.codes && this.staging.nameOf(this.codes.digest()) !== base.coded?.digest) return undefined;
    const { people, counts } = base.files;
    const { endsFirst, beginsFirst, unclear, enrolments, coded } = base;
    return {
      files: { ...(people && { people }), ...(counts && { counts }) },
      people: base.people,
      enrolments,
      endsFirst,
      beginsFirst,
      unclear,
      ...(coded && { coded }),
    };
  }

  private async settlePeople(
    files: Generation['files'],
    difference: PeopleDifference,
    isCounted: boolean,
  ): Promise<WorkedOut> {
    const users = this.staged.get('users');
    const { tree } = this.orgs;
    // What is kept with people stays with them when nothing is said of it.
    if (users && this.groups.keptForPeople)
      this.codes ??= new GroupCodes(this.staging.folder, users.buckets, this.groups);
    const people =
      users &&
      new SettlePeople(
        this.staging,
        users,
        (orgId) => tree.belongs.get(orgId),
        this.codes && { said: this.codes, areKept: this.groups.keptForPeople },
      );
    const { district, chunks } = this.staging;
    const force = new InForce(this.about.day);
    let enrolments = 0;
    for await (const rows of chunks.all(district, files.roles)) {
      for (const row of rows) {
        const [, userId, role, begin, end, orgId] = valuesOf(row);
        if (force.has(begin!, end!)) people?.member(userId!, role!, orgId!);
      }
      await this.staging.beat();
    }
    for await (const rows of chunks.all(district, files.enrollments)) {
      for (const row of rows) {
        const [, orgId, userId, role, begin, end] = valuesOf(row);
        if (!force.has(begin!, end!)) continue;
        enrolments += 1;
        people?.member(userId!, role!, orgId!);
      }
      await this.staging.beat();
    }
    const counts = new Headcounts(tree.organisations);
    const before = this.base?.files;
    const settled = await people?.settle(before?.people, counts.take, difference.take);
    const coded = {
      known: this.codes?.known(this.base?.coded?.known ?? []) ?? [],
      columns: this.columnsDigest(),
      digest: this.codes ? this.staging.nameOf(this.codes.digest()) : '',
      areKept: this.groups.keptForPeople,
    };
    const known = await this.groupCounts(before?.counts);
    const all = counts.all((orgId, codes) =>
      groupCounts(codes, this.groups, coded.known, this.about.day, known.get(orgId)),
    );
    const rows = new Map([...all].map(([id, one]) => [id, `${id}\t${JSON.stringify(one)}`]));
    return {
      files: {
        ...(settled && { people: settled }),
        ...(isCounted && { counts: await writeRows(this.staging, rows, before?.counts) }),
      },
      people: settled?.rows ?? 0,
      enrolments,
      endsFirst: force.endsFirst,
      beginsFirst: force.beginsFirst,
      unclear: people?.unclear ?? { count: 0, examples: [] },
      coded,
    };
  }

  private columnsDigest(): string {
    return this.staging.nameOf(JSON.stringify(this.groups));
  }

  /** The counts by group of the generation before, by organisation. */
  private async groupCounts(file: FileOfRows | undefined): Promise<Map<string, GroupCounts | undefined>> {
    const known = new Map<string, GroupCounts | undefined>();
    for await (const rows of this.staging.chunks.all(this.staging.district, file))
      for (const row of rows) known.set(idOf(row), contentOf<Counted>(row).counts);
    return known;
  }

  private async one(file: FileName): Promise<void> {
    const said = this.feed.files.find((one) => one.file === file);
    const known = file === 'demographics' ? undefined : this.base?.files[file];
    let staged = said && (await this.read(said, known));
    // OneRoster 1.1 says people's roles in users.csv: those of an earlier 1.2 would stand beside them for ever.
    if (file === 'roles' && !said && this.saysRolesOtherwise()) return;
    if (!staged && known) {
      // Absent or refused: what is known of it stays.
      this.files[file] = known;
      if (!isReferredTo(file)) return;
      const report = emptyReport(file, 'delta');
      staged = new StagedFile(this.staging, file, known, known.digests.length, report, true);
    }
    if (!staged) return;
    for (const to of this.staged.values()) await staged.checkReferences(to);
    this.files[file] = await staged.settle();
    if (file === 'demographics') {
      // Nothing of it is kept, so that all of it would be new every time.
      staged.report.unchanged += staged.report.added;
      staged.report.added = 0;
    }
    this.staged.set(file, staged);
  }

  private saysRolesOtherwise(): boolean {
    const users = this.reports.find((report) => report.file === 'users');
    return this.feed.version === '1.1' && users?.mode === 'bulk' && !users.refused;
  }

  private async read(said: FeedFile, known: FileOfRows | undefined): Promise<StagedFile | undefined> {
    const { file, mode, bytes } = said;
    const report = emptyReport(file, mode);
    this.reports.push(report);
    const cut = known?.digests.length;
    const buckets = mode === 'delta' && cut ? cut : bucketsFor(bytes, cut);
    const staged = new StagedFile(this.staging, file, known, buckets, report, isReferredTo(file));
    const codes = this.codesFor(file, staged);
    await readFile(
      this.feed,
      said,
      report,
      (other, id) => (other === 'orgs' && this.orgs.file ? this.orgs.ids.has(id) : undefined),
      this.fingerprint,
      {
        row: (fate, line, id, row) => staged.add(fate, line, id, row),
        reference: (to, named, id, line, column) => {
          const target = this.staged.get(to);
          if (target) staged.refer(target, named, id, line, column);
        },
        quarantine: (name, reason) => this.staging.quarantine(name, reason),
      },
      () => this.staging.beat({ step: 'reading', file, done: report.read }),
      codes && { columns: this.groups, take: (of, id, some) => codes.add(of, id, some) },
    );
    if (!report.refused) {
      if (isCoded(file)) codes?.read(file, mode);
      return staged;
    }
    staged.discard();
    if (file === 'users') this.dropCodes();
    return undefined;
  }

  /** They lie in the buckets of users, as those of this feed are cut. */
  private codesFor(file: FileName, staged: StagedFile): GroupCodes | undefined {
    if (!isCoded(file) || columnsRead(this.groups, file).length === 0) return undefined;
    const buckets = (file === 'users' ? staged : this.staged.get('users'))?.buckets;
    if (buckets !== undefined) this.codes ??= new GroupCodes(this.staging.folder, buckets, this.groups);
    return this.codes;
  }

  private dropCodes(): void {
    this.codes?.close();
    delete this.codes;
  }

  private whyNotCounted(): string | undefined {
    const owed: FileName[] = this.feed.version === '1.2' ? ['users', 'roles'] : ['users'];
    for (const file of owed) {
      if (this.files[file]?.rows) continue;
      const report = this.reports.find((one) => one.file === file);
      if (!report) return `${file}.csv is absent`;
      return report.refused ? `${file}.csv was refused` : `${file}.csv has no row that was accepted`;
    }
    return undefined;
  }
}

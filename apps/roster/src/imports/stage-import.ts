import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { districtFacts } from '#platform';
import type { District } from '#platform';
import { CrosswalkStore } from '../crosswalk/crosswalk.store.js';
import { Chunks } from '../generations/chunks.js';
import { comparePeople } from '../generations/compare-people.js';
import { CurrentGenerations } from '../generations/current.js';
import type { Generation } from '../generations/generation.js';
import { GenerationStore } from '../generations/generation.store.js';
import { organisationsOf } from '../generations/organisations-of.js';
import { contentOf, idOf } from '../generations/row.js';
import { keyOf } from '../generations/sealing.js';
import type { CodedFile, GroupColumns } from '../groups/group-columns.js';
import { defaultGroupSettings, groupColumnsOf } from '../groups/group-settings.js';
import type { Organisation } from '../oneroster/organisations.js';
import { PeopleDifference } from '../staging/difference.js';
import type { Counted } from '../staging/headcounts.js';
import { openFeed } from '../staging/open-feed.js';
import type { Beat } from '../staging/progress.js';
import { stageInThread } from '../staging/stage-in-thread.js';
import { stageOrder } from '../staging/stage-order.js';
import type { FeedOnDisk, StagingResult } from '../staging/thread-messages.js';
import { SourceStore } from '../sources/source.store.js';
import { dateIn } from './date-in.js';
import { ImportDetails } from './details.store.js';
import type { Found, GroupsCounted, Import } from './import.js';
import { defaultLimits, holdsOf, overlapOf } from './limits.js';
import type { Limits } from './limits.js';
import { QuarantineList } from './quarantine-list.js';

/** Starts the names of folders on disk; only such folders are ever removed. */
export const folderPrefix = 'hearback-roster-';

/** Makes a whole generation of what an import brings, beside the current one, and says what it would change. */
@Injectable()
export class StageImport {
  constructor(
    private readonly chunks: Chunks,
    private readonly generations: GenerationStore,
    private readonly current: CurrentGenerations,
    private readonly details: ImportDetails,
    private readonly sources: SourceStore,
    private readonly crosswalks: CrosswalkStore,
  ) {}

  /** @throws Error that says why nothing of it can be taken. May be repeated after it broke off. */
  async run(district: District, imported: Import, beat: Beat): Promise<Found> {
    const { importId, source, from } = imported;
    const now = (await this.current.of(district)).generations[source];
    const base = now === undefined ? undefined : await this.generations.get(district, now);
    const groups = await this.groups(district, source);
    const quarantine = new QuarantineList(this.details, district, importId);
    const staged =
      'folder' in from
        ? await this.feed(district, imported, from, base, groups, quarantine, beat)
        : await this.earlier(district, imported, from.restores, base);
    const { generation, files, people, unclear } = staged;
    if (staged.organisations.length === 0) throw new Error(whyNone(staged));
    await this.generations.put(district, generation);
    await this.details.putAll(district, importId, 'roles', staged.roles);
    const closes = missingFrom(staged.before, staged.organisations);
    const effects = {
      files,
      people: await this.losses(district, base, staged.losses),
      closes,
      organisationsBefore: staged.before.length,
    };
    return {
      generationId: generation.generationId,
      ...(base && { base: base.generationId }),
      files: files.map((report) => ({
        ...report,
        reasons: report.reasons.sort((a, b) => a.line - b.line),
      })),
      organisations: staged.organisations.length,
      people: generation.people,
      enrolments: generation.enrolments,
      ...(generation.notCounted && { notCounted: generation.notCounted }),
      groups: groupsCounted(groups, generation),
      unclear,
      changes: {
        organisations: {
          added: missingFrom(staged.organisations, staged.before).length,
          altered: altered(staged.before, staged.organisations),
          closed: closes.length,
        },
        people,
      },
      // A person who rolls back has looked at it.
      holds:
        'folder' in from
          ? [
              ...overlapOf(
                idsOf(staged.organisations),
                new Set(idsOf(staged.before)),
                await this.others(district, source),
              ),
              ...holdsOf(base, effects, await this.limits(district, source)),
            ]
          : [],
      listed: await quarantine.end(),
      ...(Object.keys(staged.translated).length > 0 && { translated: staged.translated }),
    };
  }

  private async feed(
    district: District,
    { importId, source }: Import,
    { folder, spooled }: Extract<Import['from'], { folder: string }>,
    base: Generation | undefined,
    groups: GroupColumns,
    quarantine: QuarantineList,
    beat: Beat,
  ): Promise<StagingResult> {
    const onDisk: FeedOnDisk = spooled
      ? { kind: 'spool', folder, ...spooled, ignored: [] }
      : { kind: 'package', folder };
    const feed = await openFeed(onDisk);
    feed.close();
    const bytes = feed.files.reduce((sum, file) => sum + file.bytes, 0);
    const crosswalk = await this.crosswalks.lines(district, source);
    const stage = bytes + (crosswalk?.length ?? 0) > staysHere ? stageInThread : stageOrder;
    if (!base && !feed.files.some(({ file }) => file === 'orgs')) throw new Error(firstNeedsOrgs);
    if (base && base.oneRoster !== feed.version && feed.files.some(({ mode }) => mode === 'delta'))
      throw new Error(
        `this is a delta in OneRoster ${feed.version}, and the roster was imported in ${base.oneRoster}; send a bulk first`,
      );
    const work = await mkdtemp(join(tmpdir(), folderPrefix));
    try {
      return await stage(
        {
          district,
          feed: onDisk,
          base,
          about: {
            generationId: importId,
            source,
            day: dateIn(districtFacts(district).timeZone),
            at: new Date().toISOString(),
          },
          folder: work,
          groups,
          ...(crosswalk && { crosswalk }),
          keys: { fingerprints: keyOf('fingerprints'), names: keyOf('names') },
        },
        this.chunks,
        async (rows, progress) => {
          await quarantine.add(rows);
          await beat(progress);
        },
      );
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }

  /** An earlier generation once more, under a new name; its chunks are shared. */
  private async earlier(
    district: District,
    { importId }: Import,
    restores: string,
    base: Generation | undefined,
  ): Promise<StagingResult> {
    const earlier = await this.generations.get(district, restores);
    if (!earlier) throw new Error('what that import brought is no longer kept');
    const people = new PeopleDifference();
    await comparePeople(this.chunks, district, base?.files.people, earlier.files.people, people.take);
    return {
      generation: { ...earlier, generationId: importId, at: new Date().toISOString() },
      files: [],
      organisations: await organisationsOf(this.chunks, district, earlier),
      before: await organisationsOf(this.chunks, district, base),
      people: people.totals(),
      roles: people.byRole(),
      losses: people.losses(),
      unclear: { count: 0, examples: [] },
      translated: {},
    };
  }

  private async groups(district: District, source: string): Promise<GroupColumns> {
    return groupColumnsOf((await this.sources.find(district, source))?.source.groups ?? defaultGroupSettings);
  }

  /** The organisations of every other source, by source. */
  private async others(district: District, source: string): Promise<Map<string, ReadonlySet<string>>> {
    const others = new Map<string, ReadonlySet<string>>();
    for (const [name, id] of Object.entries((await this.current.of(district)).generations)) {
      if (name === source) continue;
      const generation = await this.generations.get(district, id);
      others.set(name, new Set(idsOf(await organisationsOf(this.chunks, district, generation))));
    }
    return others;
  }

  private async limits(district: District, source: string): Promise<Limits> {
    return (await this.sources.find(district, source))?.source ?? defaultLimits;
  }

  private async losses(
    district: District,
    base: Generation | undefined,
    leaving: ReadonlyMap<string, number>,
  ): Promise<Map<string, { before: number; leaving: number }>> {
    const losses = new Map<string, { before: number; leaving: number }>();
    for await (const lines of this.chunks.all(district, base?.files.counts)) {
      for (const line of lines) {
        const orgId = idOf(line);
        const before = contentOf<Counted>(line).itself;
        const lost = leaving.get(orgId);
        if (lost) losses.set(orgId, { before, leaving: lost });
      }
    }
    return losses;
  }
}

/** A feed of so many bytes is staged in less time than a thread takes to start. */
const staysHere = 4 * 2 ** 20;

const firstNeedsOrgs =
  'the first import needs orgs.csv: without it nobody can tell what the rest belongs to. Nothing was applied.';

function whyNone({ files }: StagingResult): string {
  const orgs = files.find(({ file }) => file === 'orgs');
  if (orgs?.refused) return `${orgs.refused}. Nothing was applied.`;
  return orgs?.read === 0
    ? 'orgs.csv has only a header: nothing is taken for deleted because of that. Nothing was applied.'
    : 'orgs.csv has no organisation that could be accepted. Nothing was applied.';
}

/** What this generation could count anew. */
function groupsCounted({ groups, language }: GroupColumns, { coded }: Generation): GroupsCounted {
  const isKnown = (file: CodedFile): boolean => coded?.known.includes(file) ?? false;
  return {
    groups: groups.filter(({ file }) => isKnown(file)).map(({ group }) => group),
    languages: language !== undefined && isKnown(language.file),
  };
}

function idsOf(organisations: readonly Organisation[]): string[] {
  return organisations.map(({ orgId }) => orgId);
}

function missingFrom(some: readonly Organisation[], others: readonly Organisation[]): string[] {
  const there = new Set(idsOf(others));
  return idsOf(some).filter((orgId) => !there.has(orgId));
}

function altered(before: readonly Organisation[], after: readonly Organisation[]): number {
  const known = new Map(before.map((one) => [one.orgId, one]));
  return after.filter((one) => {
    const was = known.get(one.orgId);
    return was && (was.name !== one.name || was.level !== one.level || was.parentId !== one.parentId);
  }).length;
}

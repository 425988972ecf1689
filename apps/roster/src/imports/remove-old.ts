import { Injectable } from '@nestjs/common';
import { config } from '#platform';
import type { District } from '#platform';
import { Chunks } from '../generations/chunks.js';
import { CurrentGenerations } from '../generations/current.js';
import { Digests } from '../generations/digests.js';
import type { Generation } from '../generations/generation.js';
import { GenerationStore } from '../generations/generation.store.js';
import { OrgLists } from '../orgs/org-lists.js';
import { SourceStore } from '../sources/source.store.js';
import { ImportDetails } from './details.store.js';
import { isWaiting } from './import.js';
import { ImportStore } from './import.store.js';

/** So many applied generations of a source can be gone back to, the current one included, however old they are. */
const leastKept = 10;

const dayMs = 24 * 3_600_000;

/** Chunks younger than this may belong to an import that is at work. */
const graceMs = dayMs;

/** Removes what nobody can go back to: as little as possible is kept about people, and no longer than needed. */
@Injectable()
export class RemoveOld {
  private readonly lastAt = new Map<District, number>();

  constructor(
    private readonly generations: GenerationStore,
    private readonly chunks: Chunks,
    private readonly current: CurrentGenerations,
    private readonly lists: OrgLists,
    private readonly details: ImportDetails,
    private readonly imports: ImportStore,
    private readonly sources: SourceStore,
  ) {}

  /** Once a day: it goes through everything that is kept. */
  async removeDaily(district: District): Promise<void> {
    if (Date.now() - (this.lastAt.get(district) ?? 0) < dayMs) return;
    this.lastAt.set(district, Date.now());
    await this.remove(district, new Date());
  }

  async remove(district: District, now: Date): Promise<void> {
    const { generations, lists } = await this.current.of(district);
    const current = new Set(Object.values(generations));
    const keepsCodes = new Map(
      (await this.sources.all(district)).map(({ sourceId, groups }) => [sourceId, groups.keptForPeople]),
    );
    const keptFrom = new Date(now.getTime() - config().rosterKeepDays * dayMs).toISOString();
    const applied = new Map<string, number>();
    const named = new Digests();
    for await (const generation of this.generations.newestFirst(district)) {
      const { generationId, source, at } = generation;
      const stage = (await this.imports.load(district, generationId))?.state;
      const isApplied = stage?.stage === 'applied';
      const count = (applied.get(source) ?? 0) + (isApplied ? 1 : 0);
      applied.set(source, count);
      const isKept =
        current.has(generationId) ||
        (stage && isWaiting(stage)) ||
        stage?.stage === 'applying' ||
        (isApplied &&
          (at >= keptFrom || count <= leastKept) &&
          (!generation.coded?.areKept || keepsCodes.get(source) === true));
      if (isKept) addDigests(generation, named);
      else {
        await this.generations.remove(district, generationId);
        await this.details.remove(district, generationId);
      }
    }
    await this.chunks.removeOthers(district, named, new Date(now.getTime() - graceMs).toISOString());
    await this.lists.keepOnly(district, Object.values(lists));
  }
}

function addDigests({ files }: Generation, named: Digests): void {
  for (const { digests } of Object.values(files)) for (const digest of digests) if (digest) named.add(digest);
}

import { Injectable } from '@nestjs/common';
import type { District } from '#platform';
import { Chunks } from '../generations/chunks.js';
import { CurrentGenerations } from '../generations/current.js';
import { GenerationStore } from '../generations/generation.store.js';
import { OrgLists } from '../orgs/org-lists.js';
import { ImportDetails } from './details.store.js';
import { isWaiting } from './import.js';
import { ImportStore } from './import.store.js';

/** How many applied generations a source can be rolled back to, the current one included. */
export const generationsKept = 10;

/** Chunks younger than this may belong to an import that is at work. */
const graceMs = 24 * 3_600_000;

/** Removes what nobody can go back to: as little as possible is kept about people, and no longer than needed. */
@Injectable()
export class RemoveOld {
  constructor(
    private readonly generations: GenerationStore,
    private readonly chunks: Chunks,
    private readonly current: CurrentGenerations,
    private readonly lists: OrgLists,
    private readonly details: ImportDetails,
    private readonly imports: ImportStore,
  ) {}

  async remove(district: District): Promise<void> {
    const { generations, lists } = await this.current.of(district);
    const now = new Set(Object.values(generations));
    const named = new Set<string>();
    const applied = new Map<string, number>();
    for (const generation of await this.generations.all(district)) {
      const { generationId, source, files } = generation;
      const stage = (await this.imports.load(district, generationId))?.state;
      const count = (applied.get(source) ?? 0) + (stage?.stage === 'applied' ? 1 : 0);
      applied.set(source, count);
      const isKept =
        now.has(generationId) ||
        (stage && isWaiting(stage)) ||
        stage?.stage === 'applying' ||
        (stage?.stage === 'applied' && count <= generationsKept);
      if (isKept) {
        for (const { digests } of Object.values(files)) for (const digest of digests) named.add(digest);
      } else {
        await this.generations.remove(district, generationId);
        await this.details.remove(district, generationId);
      }
    }
    await this.chunks.removeOthers(district, named, new Date(Date.now() - graceMs).toISOString());
    await this.lists.keepOnly(district, Object.values(lists));
  }
}

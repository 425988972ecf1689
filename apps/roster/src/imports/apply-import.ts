import { Injectable } from '@nestjs/common';
import type { District } from '#platform';
import { Chunks } from '../generations/chunks.js';
import { CurrentGenerations } from '../generations/current.js';
import type { Generation } from '../generations/generation.js';
import { GenerationStore } from '../generations/generation.store.js';
import { listOf, organisationsOf } from '../generations/organisations-of.js';
import { contentOf, idOf } from '../generations/row.js';
import type { Organisation } from '../oneroster/organisations.js';
import { TellLinks } from '../links/tell-links.js';
import { close, count, describe } from '../orgs/org.js';
import type { Org, OrgEvent } from '../orgs/org.js';
import { OrgLists } from '../orgs/org-lists.js';
import { OrgStore } from '../orgs/org.store.js';
import type { Beat } from '../staging/progress.js';
import type { Counted } from '../staging/headcounts.js';
import type { Import } from './import.js';

/** How many organisations are written at once. */
const atOnce = 16;

/**
 * Makes a staged generation the current one: for readers in one write, and then for everybody else by events that
 * follow from what is current. Every step may be repeated, so whoever finds it unfinished goes on.
 */
@Injectable()
export class ApplyImport {
  constructor(
    private readonly chunks: Chunks,
    private readonly generations: GenerationStore,
    private readonly current: CurrentGenerations,
    private readonly lists: OrgLists,
    private readonly orgs: OrgStore,
    private readonly links: TellLinks,
  ) {}

  /** @returns false when another import was applied since this one was staged: then nothing has changed. */
  async run(district: District, { source, found }: Import, beat: Beat): Promise<boolean> {
    const { generationId, base } = found!;
    const generation = await this.generations.get(district, generationId);
    if (!generation) throw new Error(`generation ${generationId} is missing`);
    const organisations = await organisationsOf(this.chunks, district, generation);
    const list = listOf(generation);
    await this.lists.write(district, list, organisations);
    if (!(await this.current.move(district, source, base, { generationId, list }))) return false;
    await this.tell(district, generation, organisations, beat);
    const before = base === undefined ? undefined : await this.generations.get(district, base);
    await this.links.run(district, before, generation, beat);
    // While it is at work: another import that applied meanwhile would lose the list that it has just laid.
    const { lists } = await this.current.of(district);
    await this.lists.keepOnly(district, Object.values(lists));
    return true;
  }

  /** Organisation by organisation; what is known already is neither written nor published. */
  private async tell(
    district: District,
    generation: Generation,
    organisations: readonly Organisation[],
    beat: Beat,
  ): Promise<void> {
    const counts = await this.counts(district, generation);
    for (const some of chunksOf(organisations)) {
      await Promise.all(some.map((said) => this.one(district, said, counts.get(said.orgId), generation.day)));
      await beat();
    }
    for (const some of chunksOf(await this.gone(district))) {
      await Promise.all(
        some.map((orgId) =>
          this.orgs.change(district, orgId, (state) => close(state, new Date().toISOString())),
        ),
      );
      await beat();
    }
  }

  private async one(
    district: District,
    said: Organisation,
    counted: Counted | undefined,
    date: string,
  ): Promise<void> {
    const at = new Date().toISOString();
    const { orgId } = said;
    const news = (state: Org | undefined): OrgEvent[] => [
      ...describe(state, said, at),
      ...(counted ? count(state, orgId, counted, date, at) : []),
    ];
    const there = await this.orgs.load(district, orgId);
    if (!there && (await this.orgs.create(district, orgId, news(undefined))).created) return;
    await this.orgs.change(district, orgId, news);
  }

  /** Organisations that are open, and that no source has any more. */
  private async gone(district: District): Promise<string[]> {
    const open = new Set((await this.orgs.active(district)).keys());
    const { generations } = await this.current.of(district);
    for (const id of Object.values(generations)) {
      const generation = await this.generations.get(district, id);
      for (const { orgId } of await organisationsOf(this.chunks, district, generation)) open.delete(orgId);
    }
    return [...open];
  }

  private async counts(district: District, { files }: Generation): Promise<Map<string, Counted>> {
    const counts = new Map<string, Counted>();
    for await (const lines of this.chunks.all(district, files.counts)) {
      for (const line of lines) {
        counts.set(idOf(line), contentOf<Counted>(line));
      }
    }
    return counts;
  }
}

function chunksOf<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / atOnce) }, (_, i) =>
    all.slice(i * atOnce, (i + 1) * atOnce),
  );
}

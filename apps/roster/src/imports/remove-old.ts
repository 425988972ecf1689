import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { Db } from 'mongodb';
import { DATABASE, Leases, config, trustedDistrict } from '#platform';
import type { District } from '#platform';
import { Chunks } from '../generations/chunks.js';
import { CurrentGenerations } from '../generations/current.js';
import { Digests } from '../generations/digests.js';
import type { Generation } from '../generations/generation.js';
import { GenerationStore } from '../generations/generation.store.js';
import { SourceStore } from '../sources/source.store.js';
import { ImportDetails } from './details.store.js';
import { isAtWork, isWaiting } from './import.js';
import { ImportStore } from './import.store.js';

/** So many applied generations of a source can be gone back to, the current one included, however old they are. */
const leastKept = 10;

const dayMs = 24 * 3_600_000;

/** Chunks younger than this may belong to an import that is at work. */
const graceMs = dayMs;

/** How often it is looked whether a day has passed; the first time so long after the start. */
const lookMs = 3_600_000;

/**
 * Removes what nobody can go back to: as little as possible is kept about people, and no longer than needed. Once a day,
 * whether imports come or not, and by one instance of the service.
 */
@Injectable()
export class RemoveOld implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('imports');
  private readonly leases: Leases;
  private readonly stopping = new AbortController();
  private readonly doneAt = new Map<District, number>();
  private timer?: NodeJS.Timeout;
  private looking?: Promise<void>;

  constructor(
    @Inject(DATABASE) db: Db,
    private readonly generations: GenerationStore,
    private readonly chunks: Chunks,
    private readonly current: CurrentGenerations,
    private readonly details: ImportDetails,
    private readonly imports: ImportStore,
    private readonly sources: SourceStore,
  ) {
    this.leases = new Leases(db, `roster-old-${randomUUID()}`);
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.look(new Date()), lookMs).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort(new Error('the service is stopping'));
    await this.looking;
    await this.leases.release();
  }

  /** Does what is due. What fails, or must wait for an import, is tried again at the next look. */
  look(now: Date): Promise<void> {
    return (this.looking ??= this.all(now)
      .catch((error: unknown) => {
        if (!this.stopping.signal.aborted) this.logger.error(error);
      })
      .finally(() => (this.looking = undefined)));
  }

  private async all(now: Date): Promise<void> {
    for (const { id } of config().districts) {
      const district = trustedDistrict(id);
      if (now.getTime() - (this.doneAt.get(district) ?? 0) < dayMs) continue;
      if (!(await this.leases.hold(`old of ${district}`, dayMs))) continue;
      if (await this.remove(district, now)) this.doneAt.set(district, now.getTime());
    }
  }

  /**
   * An import needs what was current when it began, and what it rolls back to. So nothing is removed while one is at
   * work. One that begins meanwhile finds only generations that stay, and these are named before any chunk goes.
   * @returns false when an import is at work.
   */
  async remove(district: District, now: Date): Promise<boolean> {
    if (await this.isAtWork(district)) return false;
    const { generations } = await this.current.of(district);
    for await (const generation of this.old(district, new Set(Object.values(generations)), now)) {
      await this.generations.remove(district, generation.generationId);
      await this.details.remove(district, generation.generationId);
    }
    if (await this.isAtWork(district)) return false;
    const named = new Digests();
    for await (const generation of this.each(district)) addDigests(generation, named);
    const before = new Date(now.getTime() - graceMs).toISOString();
    await this.chunks.removeOthers(district, named, before, this.stopping.signal);
    return true;
  }

  /** Generations that are neither current nor waited for, and too old, or with codes that their source keeps no longer. */
  private async *old(
    district: District,
    current: ReadonlySet<string>,
    now: Date,
  ): AsyncGenerator<Generation> {
    const keepsCodes = new Map(
      (await this.sources.all(district)).map(({ sourceId, groups }) => [sourceId, groups.keptForPeople]),
    );
    const keptFrom = new Date(now.getTime() - config().rosterKeepDays * dayMs).toISOString();
    const applied = new Map<string, number>();
    for await (const generation of this.each(district)) {
      const { generationId, source, at } = generation;
      const stage = (await this.imports.load(district, generationId))?.state;
      const isApplied = stage?.stage === 'applied';
      const count = (applied.get(source) ?? 0) + (isApplied ? 1 : 0);
      applied.set(source, count);
      const isKept =
        current.has(generationId) ||
        (stage && (isWaiting(stage) || isAtWork(stage))) ||
        (isApplied &&
          (at >= keptFrom || count <= leastKept) &&
          (!generation.coded?.areKept || keepsCodes.get(source) === true));
      if (!isKept) yield generation;
    }
  }

  /** Newest first. */
  private async *each(district: District): AsyncGenerator<Generation> {
    for await (const generation of this.generations.newestFirst(district)) {
      this.stopping.signal.throwIfAborted();
      yield generation;
    }
  }

  private async isAtWork(district: District): Promise<boolean> {
    return (await this.imports.atWork(district)).length > 0;
  }
}

function addDigests({ files }: Generation, named: Digests): void {
  for (const { digests } of Object.values(files)) for (const digest of digests) if (digest) named.add(digest);
}

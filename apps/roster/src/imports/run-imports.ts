import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { StateRefuses } from '#contracts';
import { config, isInfrastructureFailure, trustedDistrict } from '#platform';
import type { District } from '#platform';
import type { Beat, Progress } from '../staging/progress.js';
import { ApplyImport } from './apply-import.js';
import { alive, fail, finish, isSilent, leave, staged } from './import.js';
import type { Import, ImportEvent } from './import.js';
import { ImportStore } from './import.store.js';
import { StageImport, folderPrefix } from './stage-import.js';

/** How often imports of dead processes are looked for. */
const sweepMs = 15_000;

/** How long stopping waits for the step that is at work. */
const stopMs = 5_000;

/**
 * Runs imports in the background, one at a time a district, in the order in which they came. What a dead process left
 * is taken up: an import that was being read is read again if its files are still there, one that was being applied
 * is finished.
 */
@Injectable()
export class RunImports implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('imports');
  private readonly running = new Map<string, Promise<void>>();
  private readonly beaten = new Map<string, number>();
  private sweeping?: NodeJS.Timeout;
  private stopped = false;

  constructor(
    private readonly imports: ImportStore,
    private readonly staging: StageImport,
    private readonly applying: ApplyImport,
  ) {}

  onApplicationBootstrap(): void {
    this.sweeping = setInterval(() => void this.sweep(), sweepMs).unref();
    void this.sweep();
  }

  /** What is at work breaks off at its next step and says so, so that the next process takes it up at once. */
  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearInterval(this.sweeping);
    await Promise.race([Promise.all(this.running.values()), pause(stopMs, undefined, { ref: false })]);
  }

  /** Goes on with an import that is received or applying, and returns at once. */
  begin(district: District, importId: string): void {
    if (this.running.has(importId) || this.stopped) return;
    const work = this.guarded(district, importId).finally(() => {
      this.running.delete(importId);
      this.beaten.delete(importId);
    });
    this.running.set(importId, work);
  }

  private async run(district: District, importId: string): Promise<void> {
    await this.turn(district, importId);
    const loaded = await this.imports.load(district, importId);
    if (loaded?.state.stage === 'received') await this.stage(district, loaded.state);
    await this.apply(district, importId);
  }

  /** Waits until no earlier import of the district is at work; one that was left lying is taken up first. */
  private async turn(district: District, importId: string): Promise<void> {
    for (;;) {
      const atWork = await this.imports.atWork(district);
      const [first] = atWork;
      if (!first || first.importId === importId) return;
      if (isSilent(first, new Date().toISOString())) this.begin(district, first.importId);
      await this.beat(district, importId);
      await pause(300);
    }
  }

  /** Reads everything and stages it; readers see nothing of it yet. */
  private async stage(district: District, imported: Import): Promise<void> {
    const { importId, from } = imported;
    if ('folder' in from && !existsSync(from.folder)) {
      throw new Error(
        'the service was restarted while it read the files. Nothing was applied; send them again.',
      );
    }
    let isOver = true;
    try {
      const found = await this.staging.run(district, imported, this.beats(district, importId));
      const at = new Date().toISOString();
      const { state } = await this.imports.change(district, importId, (before) => staged(before, found, at));
      this.logger.log({ msg: state.stage, importId, held: found.holds.map(({ rule }) => rule) });
    } catch (error) {
      isOver = !isForTheNext(error);
      throw error;
    } finally {
      if (isOver && 'folder' in from) await removePackage(from.folder);
    }
  }

  /** Makes what was decided true and says so. Safe to do again and again. */
  private async apply(district: District, importId: string): Promise<void> {
    const loaded = await this.imports.load(district, importId);
    if (loaded?.state.stage !== 'applying') return;
    const isFirst = await this.applying.run(district, loaded.state, this.beats(district, importId));
    const at = new Date().toISOString();
    if (!isFirst) {
      const problem = 'another import was applied since this one was staged; send the files again.';
      await this.imports.change(district, importId, (before) => fail(before, problem, at, true));
      return;
    }
    const { state } = await this.imports.change(district, importId, (before) => finish(before, at));
    const { organisations, people } = state.found!;
    this.logger.log({ msg: 'applied', importId, organisations, people });
  }

  private beats(district: District, importId: string): Beat {
    // A sign of life that says nothing of its own carries what was last known: few of them are written.
    let latest: Progress | undefined;
    return (progress) => {
      latest = progress ?? latest;
      return this.beat(district, importId, latest);
    };
  }

  /** @throws Error when the service is stopping. */
  private async beat(district: District, importId: string, progress?: Progress): Promise<void> {
    if (this.stopped) throw new Stopping();
    if (Date.now() - (this.beaten.get(importId) ?? 0) < 2_000) return;
    this.beaten.set(importId, Date.now());
    await this.imports.change(district, importId, (state) =>
      alive(state, new Date().toISOString(), progress),
    );
  }

  /** Looks for imports whose process has gone. */
  private async sweep(): Promise<void> {
    for (const { id } of config().districts) {
      const district = trustedDistrict(id);
      const now = new Date().toISOString();
      const atWork = await this.imports.atWork(district).catch(() => []);
      for (const one of atWork)
        if (isSilent(one, now) && !this.running.has(one.importId)) this.begin(district, one.importId);
    }
  }

  /** Whatever goes wrong before the plan is applied ends the import, with the reason, and changes nothing. */
  private async guarded(district: District, importId: string): Promise<void> {
    const change = (decide: (state: Import, at: string) => ImportEvent[]): Promise<unknown> =>
      this.imports
        .change(district, importId, (state) => decide(state, new Date().toISOString()))
        .catch((lost: unknown) => this.logger.error(lost));
    try {
      await this.run(district, importId);
    } catch (error) {
      if (error instanceof Stopping) await change(leave);
      if (error instanceof StateRefuses || isForTheNext(error)) return;
      const problem = error instanceof Error ? error.message : String(error);
      this.logger.warn({ msg: `stopped: ${problem}`, importId });
      // Once it applies, the sweep of this or another process goes on with it.
      await change((state, at) => fail(state, problem.slice(0, 500), at));
    }
  }
}

/** Removes a package's folder, and nothing that is not one. */
async function removePackage(folder: string): Promise<void> {
  if (dirname(folder) !== tmpdir() || !basename(folder).startsWith(folderPrefix)) return;
  await rm(folder, { recursive: true, force: true });
}

/** The sweep of this process or of another goes on with it. */
function isForTheNext(error: unknown): boolean {
  return error instanceof Stopping || isInfrastructureFailure(error);
}

class Stopping extends Error {
  constructor() {
    super('the service is stopping');
  }
}

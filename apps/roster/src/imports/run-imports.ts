import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { StateRefuses } from '#contracts';
import { config, districtFacts, trustedDistrict } from '#platform';
import type { District } from '#platform';
import { openPackage } from '../oneroster/package.js';
import { changesTo, readPackage } from '../oneroster/read-package.js';
import { OrgStore } from '../orgs/org.store.js';
import { ApplyPlan } from './apply-plan.js';
import { alive, fail, finish, isSilent, plan } from './import.js';
import type { Import } from './import.js';
import { ImportStore } from './import.store.js';
import { reportsOf, whyRefused } from './report.js';

/** Starts the names of the folders that packages lie in; only such folders are ever removed. */
export const folderPrefix = 'hearback-roster-';

/** How often imports of dead processes are looked for. */
const sweepMs = 15_000;

/**
 * Runs imports in the background, one at a time a district, in the order in which they came. What a dead process left
 * is taken up: an import that was still being read fails with nothing applied, one that was being applied is finished
 * from its plan.
 */
@Injectable()
export class RunImports implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('imports');
  private readonly running = new Set<string>();
  private sweeping?: NodeJS.Timeout;
  private stopped = false;

  constructor(
    private readonly imports: ImportStore,
    private readonly orgs: OrgStore,
    private readonly apply: ApplyPlan,
  ) {}

  onApplicationBootstrap(): void {
    this.sweeping = setInterval(() => void this.sweep(), sweepMs).unref();
    void this.sweep();
  }

  onModuleDestroy(): void {
    this.stopped = true;
    clearInterval(this.sweeping);
  }

  /** Starts an import and returns at once. */
  begin(district: District, importId: string): void {
    void this.guarded(district, importId, () => this.run(district, importId));
  }

  private async run(district: District, importId: string): Promise<void> {
    await this.turn(district, importId);
    const loaded = await this.imports.load(district, importId);
    if (!loaded || loaded.state.stage !== 'received') return;
    await this.read(district, loaded.state);
    await this.complete(district, importId);
  }

  /** Waits until no earlier import of the district is at work. */
  private async turn(district: District, importId: string): Promise<void> {
    for (;;) {
      const unfinished = await this.imports.unfinished(district);
      const now = new Date().toISOString();
      const [first] = unfinished.filter((one) => one.importId === importId || !isSilent(one, now));
      if (!first || first.importId === importId) return;
      if (this.stopped) throw new Error('the service is stopping');
      await this.imports.change(district, importId, (state) => alive(state, now));
      await pause(300);
    }
  }

  /** Reads the whole package and writes the plan; until then nothing is changed. */
  private async read(district: District, { importId, folder }: Import): Promise<void> {
    const pack = await openPackage(folder);
    try {
      const today = await this.orgs.active(district);
      const beat = async (): Promise<void> => {
        if (this.stopped) throw new Error('the service was stopped');
        await this.imports.change(district, importId, (state) => alive(state, new Date().toISOString()));
      };
      const date = dateIn(districtFacts(district).timeZone);
      const reading = await readPackage(pack, new Set(today.keys()), date, beat);
      const changes = changesTo(today, reading.tree);
      const files = reportsOf(reading, changes, await this.imports.last(district));
      const refused = whyRefused(reading);
      const at = new Date().toISOString();
      const { people, enrolments, counts, notCounted } = reading;
      const { organisations } = reading.tree;
      await this.imports.change(district, importId, (state) =>
        refused
          ? fail(state, refused, at, files)
          : plan(state, {
              files,
              plan: { organisations, close: changes.close, counts, date },
              people,
              enrolments,
              notCounted,
              at,
            }),
      );
    } finally {
      pack.close();
      await remove(folder);
    }
  }

  /** Makes the plan true and says so. Safe to do again and again. */
  private async complete(district: District, importId: string): Promise<void> {
    const loaded = await this.imports.load(district, importId);
    if (loaded?.state.stage !== 'applying') return;
    const now = (): string => new Date().toISOString();
    await this.apply.all(district, loaded.state.plan!, () =>
      this.imports.change(district, importId, (state) => alive(state, now())),
    );
    const { state } = await this.imports.change(district, importId, (before) => finish(before, now()));
    this.logger.log({ msg: 'applied', importId, organisations: state.organisations, people: state.people });
  }

  /** Looks for imports whose process has gone. */
  private async sweep(): Promise<void> {
    for (const { id } of config().districts) {
      const district = trustedDistrict(id);
      const now = new Date().toISOString();
      const unfinished = await this.imports.unfinished(district).catch(() => []);
      for (const { importId, stage, folder } of unfinished.filter(
        (one) => isSilent(one, now) && !this.running.has(one.importId),
      )) {
        await this.guarded(district, importId, async () => {
          if (stage === 'applying') return this.complete(district, importId);
          throw new Error(
            'the service was restarted while it read the files. Nothing was applied; send them again.',
          );
        });
        await remove(folder);
      }
    }
  }

  /** Whatever goes wrong before the plan is applied ends the import, with the reason, and changes nothing. */
  private async guarded(district: District, importId: string, work: () => Promise<void>): Promise<void> {
    if (this.running.has(importId)) return;
    this.running.add(importId);
    try {
      await work();
    } catch (error) {
      if (error instanceof StateRefuses) return;
      const problem = error instanceof Error ? error.message : String(error);
      this.logger.warn({ msg: `stopped: ${problem}`, importId });
      // Once it applies, the sweep of this or another process goes on with it.
      await this.imports
        .change(district, importId, (state) => fail(state, problem.slice(0, 500), new Date().toISOString()))
        .catch((lost: unknown) => this.logger.error(lost));
    } finally {
      this.running.delete(importId);
    }
  }
}

/** Today, as `2026-11-22`. */
function dateIn(timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(new Date());
}

/** Removes a package's folder, and nothing that is not one. */
async function remove(folder: string): Promise<void> {
  if (dirname(folder) !== tmpdir() || !basename(folder).startsWith(folderPrefix)) return;
  await rm(folder, { recursive: true, force: true });
}

import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { Db } from 'mongodb';
import { DATABASE, Leases, config, districtFacts, trustedDistrict } from '#platform';
import type { District } from '#platform';
import { alertOf, notFetched, overdue } from '../alerts/alert.js';
import { Alerts } from '../alerts/alerts.js';
import { dateIn } from '../imports/date-in.js';
import { isAtWork } from '../imports/import.js';
import type { Import } from '../imports/import.js';
import { ImportStore } from '../imports/import.store.js';
import { RunImports } from '../imports/run-imports.js';
import { PackageRefused, fetchSource } from './fetch-source.js';
import type { Fetched } from './fetch-source.js';
import { isOverdue, nextAfter } from './source.js';
import type { Source, SourceState } from './source.js';
import { SourceStore } from './source.store.js';

const lookMs = 5_000;
const leaseMs = 60_000;
/** A source that fails is asked again after so long, then after twice as long, and never later than planned. */
const firstRetryMs = 60_000;

/**
 * Asks every source when it is due, one instance of the service at a time, and tells whoever must know when an import
 * of it is held or fails. All of it follows from what is stored, so that a restart neither skips nor repeats a run.
 */
@Injectable()
export class RunSources implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('sources');
  private readonly leases: Leases;
  private readonly stopping = new AbortController();
  private readonly running = new Map<string, Promise<void>>();
  private timer?: NodeJS.Timeout;
  private looking?: Promise<void>;

  constructor(
    @Inject(DATABASE) db: Db,
    private readonly sources: SourceStore,
    private readonly imports: ImportStore,
    private readonly runs: RunImports,
    private readonly alerts: Alerts,
  ) {
    this.leases = new Leases(db, `roster-sources-${randomUUID()}`);
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.look(), lookMs).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort(new Error('the service is stopping'));
    await this.looking;
    await Promise.all(this.running.values());
    await this.leases.release();
  }

  /** Asks a source now, whatever its schedule says. */
  async now(district: District, sourceId: string): Promise<void> {
    await this.sources.change(district, sourceId, { nextAt: new Date().toISOString() });
    this.look();
  }

  private look(): void {
    this.looking ??= this.all()
      .catch((error: unknown) =>
        this.logger.warn({ msg: `sources are looked at in a moment: ${(error as Error).message}` }),
      )
      .finally(() => (this.looking = undefined));
  }

  private async all(): Promise<void> {
    for (const { id } of config().districts) {
      const district = trustedDistrict(id);
      for (const source of await this.sources.all(district)) {
        const key = `${district}/${source.sourceId}`;
        if (this.running.has(key) || this.stopping.signal.aborted) continue;
        if (!(await this.leases.hold(`source ${key}`, leaseMs))) continue;
        const run = this.one(district, source)
          .catch((error: unknown) =>
            this.logger.warn({ msg: `tried again in a moment: ${(error as Error).message}`, source: key }),
          )
          .finally(() => this.running.delete(key));
        this.running.set(key, run);
      }
    }
  }

  /** Tells what became of the last import, and asks the source if it is due. */
  private async one(district: District, source: Source): Promise<void> {
    const { sourceId, schedule, paused, reach } = source;
    const { state: found, last } = await this.lastOf(district, source);
    const state = await this.tell(district, source, found, last);
    if (reach.kind === 'upload') return;
    const now = new Date();
    if (state.nextAt === undefined) {
      const nextAt = nextAfter(schedule, now, districtFacts(district).timeZone).toISOString();
      await this.sources.change(district, sourceId, { nextAt });
      return;
    }
    if (paused || Date.parse(state.nextAt) > now.getTime()) return;
    // One import of a source at a time: the next is asked for when this one is over.
    if (last && isAtWork(last)) return;
    await this.run(district, source, state, now);
  }

  /**
   * What is sent by hand, or rolled back, comes whenever it likes: each import is the last one until it is told, then
   * the next is.
   */
  private async lastOf(
    district: District,
    { sourceId }: Source,
  ): Promise<{ state: SourceState; last: Import | undefined }> {
    const state = await this.sources.state(district, sourceId);
    const { lastImportId: id, told, newsFrom } = state;
    const last = id === undefined ? undefined : (await this.imports.load(district, id))?.state;
    if (last && (isAtWork(last) || last.stage !== told)) return { state, last };
    const after = last ? last.receivedAt : (newsFrom ?? new Date().toISOString());
    const next = await this.imports.nextOf(district, sourceId, after);
    const change = next
      ? { lastImportId: next.importId, told: undefined }
      : newsFrom === undefined && { newsFrom: after };
    return {
      state: change ? await this.sources.change(district, sourceId, change) : state,
      last: next ?? last,
    };
  }

  private async run(district: District, source: Source, state: SourceState, now: Date): Promise<void> {
    const { sourceId, schedule } = source;
    const { timeZone } = districtFacts(district);
    const planned = nextAfter(schedule, now, timeZone);
    const at = now.toISOString();
    await this.sources.change(district, sourceId, { nextAt: planned.toISOString(), lastStartedAt: at });
    const beat = setInterval(
      () => void this.leases.hold(`source ${district}/${sourceId}`, leaseMs).catch(() => false),
      leaseMs / 4,
    );
    try {
      const { signal } = this.stopping;
      const fetched = await fetchSource(source, state, {
        district,
        day: dateIn(timeZone),
        signal,
        told: () => undefined,
      });
      if (fetched) await this.import(district, source, state, fetched, at);
      else await this.sources.change(district, sourceId, { failures: 0, problem: undefined });
    } catch (error) {
      if (this.stopping.signal.aborted) {
        await this.sources.change(district, sourceId, { nextAt: at });
        return;
      }
      await this.failed(district, source, state, planned, error as Error);
    } finally {
      clearInterval(beat);
    }
  }

  private async import(
    district: District,
    { sourceId, applyBy }: Source,
    { taken: before, lastWholeAt }: SourceState,
    { from, oneRoster, ignored, whole, taken }: Fetched,
    at: string,
  ): Promise<void> {
    const importId = randomUUID();
    await this.imports.create(district, importId, [
      {
        type: 'import.received',
        importId,
        source: sourceId,
        oneRoster,
        digest: '',
        from,
        applyBy,
        by: 'schedule',
        ignored,
        at: new Date().toISOString(),
      },
    ]);
    await this.sources.change(district, sourceId, {
      lastImportId: importId,
      told: undefined,
      failures: 0,
      problem: undefined,
      lastFetchedAt: at,
      lastWholeAt: whole ? at : lastWholeAt,
      ...(taken && { taken: { ...before, [taken.name]: taken.digest } }),
    });
    this.runs.begin(district, importId);
  }

  private async failed(
    district: District,
    source: Source,
    { failures, taken }: SourceState,
    planned: Date,
    error: Error,
  ): Promise<void> {
    const at = new Date().toISOString();
    const problem = error.message.slice(0, 500);
    this.logger.warn({ msg: `not fetched: ${problem}`, source: source.sourceId });
    const retry = Date.now() + firstRetryMs * 2 ** Math.min(failures, 10);
    await this.alerts.raise(district, notFetched(source, problem, at), source);
    await this.sources.change(district, source.sourceId, {
      failures: failures + 1,
      problem,
      nextAt: new Date(Math.min(planned.getTime(), retry)).toISOString(),
      ...(error instanceof PackageRefused && {
        taken: { ...taken, [error.taken.name]: error.taken.digest },
      }),
    });
  }

  /** Raises an alert for whatever became of the last import, and for a source that has been silent for too long. */
  private async tell(
    district: District,
    source: Source,
    state: SourceState,
    last: Import | undefined,
  ): Promise<SourceState> {
    const { sourceId } = source;
    const at = new Date().toISOString();
    let now = state;
    if (last && last.stage !== state.told) {
      const { stage, finishedAt } = last;
      const alert = alertOf(source, last, at);
      if (alert) await this.alerts.raise(district, alert, source);
      now = await this.sources.change(district, sourceId, {
        told: stage,
        ...(stage === 'applied' && { lastSuccessAt: finishedAt ?? at }),
      });
    }
    if (isOverdue(source, now, new Date()) && now.overdueToldAt?.slice(0, 10) !== at.slice(0, 10)) {
      await this.alerts.raise(district, overdue(source, now.lastSuccessAt ?? now.lastStartedAt!, at), source);
      now = await this.sources.change(district, sourceId, { overdueToldAt: at });
    }
    return now;
  }
}

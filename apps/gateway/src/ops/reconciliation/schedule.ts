import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { Db } from 'mongodb';
import { DATABASE, Leases, config, trustedDistrict } from '#platform';
import type { District } from '#platform';
import { Reconciler } from './reconciler.js';
import { RunStore } from './runs.store.js';

const minute = 60_000;
/** How long after its last sign of life another gateway takes over. */
const leaseMs = minute;

/**
 * Reconciles every district every HEARBACK_RECONCILE_MINUTES, on one gateway at a time, and has what has stood for five
 * minutes published again. When it last did is read from the runs, so that a restart neither skips nor hurries one.
 */
@Injectable()
export class ReconcileSchedule implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('reconciliation');
  private readonly leases: Leases;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  constructor(
    @Inject(DATABASE) db: Db,
    private readonly reconciler: Reconciler,
    private readonly runs: RunStore,
  ) {
    this.leases = new Leases(db, `gateway-${randomUUID()}`);
  }

  onApplicationBootstrap(): void {
    const everyMs = config().reconcileMinutes * minute;
    if (everyMs === 0) return;
    this.timer = setInterval(() => this.look(everyMs), Math.min(20_000, everyMs / 4));
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
    await this.leases.release();
  }

  private look(everyMs: number): void {
    this.looking ??= this.all(everyMs)
      .catch((error: unknown) =>
        this.logger.warn({ msg: `the schedule is tried again in a moment: ${(error as Error).message}` }),
      )
      .finally(() => (this.looking = undefined));
  }

  private async all(everyMs: number): Promise<void> {
    for (const { id } of config().districts) {
      const district = trustedDistrict(id);
      if (!(await this.isDue(district, everyMs))) continue;
      if (!(await this.leases.hold('reconciliation', leaseMs))) return;
      await this.one(district);
    }
  }

  /** One that could not be done is tried again within a minute. */
  private async isDue(district: District, everyMs: number): Promise<boolean> {
    const last = await this.runs.lastScheduled(district);
    if (!last) return true;
    const wait = last.state === 'failed' ? Math.min(everyMs, minute) : everyMs;
    return Date.now() - last.startedAt.getTime() >= wait;
  }

  private async one(district: District): Promise<void> {
    const holding = setInterval(
      () => void this.leases.hold('reconciliation', leaseMs).catch(() => undefined),
      leaseMs / 4,
    );
    try {
      const { end } = await this.reconciler.begin(district, 'schedule', { repair: config().reconcileRepair });
      await end;
    } finally {
      clearInterval(holding);
    }
  }
}

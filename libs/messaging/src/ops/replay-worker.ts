import { Logger } from '@nestjs/common';
import { isInfrastructureFailure } from '#platform';
import type { District, Leases } from '#platform';
import { allEnded } from '../consume/all-ended.js';
import type { ParkedRetries } from '../consume/parked-retries.js';
import type { ParkedEvents } from '../consume/parked.js';
import type { Place, Replay, Replays } from './replays.js';

/** How often an instance looks whether a replay was left by one that died. */
const everyMs = 15_000;
const pageSize = 200;
/** Keys tried at the same time: handlers that fail again wait between their tries. */
const atOnce = 16;
const leaseMs = 10_000;

/**
 * Tries what waits, as replays in bulk order it: key by key, oldest first, each key in its own order. One instance
 * works at a time, by a lease; when it dies, another goes on where it was. Everything else flows meanwhile.
 */
export class ReplayWorker {
  private readonly logger = new Logger('replay');
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly replays: Replays,
    private readonly parked: ParkedEvents,
    private readonly retries: ParkedRetries,
    private readonly leases: Leases,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.nudge(), everyMs);
    this.nudge();
  }

  /** A replay was just ordered here. */
  nudge(): void {
    if (this.stopped) return;
    this.working ??= this.all()
      .catch((error: unknown) =>
        this.logger.warn({
          msg: `replay interrupted, goes on within ${everyMs / 1_000} s: ${(error as Error).message}`,
        }),
      )
      .finally(() => (this.working = undefined));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.working;
  }

  private async all(): Promise<void> {
    for (let replay = await this.replays.running(); replay; replay = await this.replays.running()) {
      if (!(await this.work(replay))) return;
    }
  }

  /** @returns false when it must stop before the end: this instance is stopping, or another one has the lease. */
  private async work(replay: Replay): Promise<boolean> {
    let from: Date | undefined;
    for (;;) {
      if (!(await this.mayGoOn())) return false;
      const places = await this.replays.untried(replay, from, pageSize);
      if (places.length === 0) break;
      if (!(await this.page(replay, places))) return false;
      await this.replays.tried(replay, places);
      from = places.at(-1)!.parkedAt;
    }
    const { id, by, total, stillWaiting } = await this.replays.finish(replay);
    this.logger.log({ msg: `replay ${id} of ${by} is done: ${total} tried, ${stillWaiting} still wait` });
    return true;
  }

  private async page({ district }: Replay, places: Place[]): Promise<boolean> {
    // One place a key: draining takes all that waits under it.
    const queue = [...new Map(places.map((place) => [place.holdKey ?? place._id, place])).values()];
    const workers = Array.from({ length: atOnce }, async () => {
      for (let place = queue.shift(); place; place = queue.shift()) {
        if (!(await this.mayGoOn())) return false;
        await this.one(district, place);
      }
      return true;
    });
    return (await allEnded(workers)).every(Boolean);
  }

  /** What fails beyond its handler waits on, and stops nothing else; a lost database stops the replay for a moment. */
  private async one(district: District, { _id, holdKey }: Place): Promise<void> {
    try {
      if (holdKey) return void (await this.retries.drain(holdKey));
      const bytes = await this.parked.get(district, _id);
      if (bytes?.kind === 'unreadable') await this.retries.reread(bytes);
    } catch (error) {
      if (isInfrastructureFailure(error)) throw error;
      this.logger.error({
        msg: `${_id} waits on: ${(error as Error).message}`,
        stack: (error as Error).stack,
      });
    }
  }

  private async mayGoOn(): Promise<boolean> {
    return !this.stopped && (await this.leases.hold('replay', leaseMs));
  }
}

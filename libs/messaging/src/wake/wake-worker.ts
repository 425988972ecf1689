import { Logger } from '@nestjs/common';
import type { District, Leases } from '#platform';
import type { AnyStore } from '../consume/effects.js';

/** A clock, a courier, or both, of one store. */
export interface Waking {
  store: AnyStore;
  wake?: (state: unknown, now: string, id: string, district: District) => readonly { type: string }[];
  work?: (
    state: unknown,
    id: string,
    district: District,
    record: (events: readonly { type: string }[]) => Promise<unknown>,
  ) => Promise<void>;
}

/** Whoever writes something that is due at once nudges: this is for what becomes due by itself. */
const everyMs = 2_000;
const pageSize = 100;
/** After a kill, another instance goes on this much later. */
const leaseMs = 10_000;
const asideMs = 30_000;

/**
 * Looks at documents whose `wakeAt` has passed: the clock decides first (guarded like any command), then the courier
 * does what the state owes to the outside. A document that fails is left for the next round; the others go on.
 */
export class WakeWorker {
  private readonly logger = new Logger('wake');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private nudged = false;
  private stopped = false;
  /** Documents that are not looked at again before an instant: they failed, or keep others from their turn. */
  private readonly aside = new Map<string, number>();

  constructor(
    private readonly wakings: Waking[],
    private readonly leases: Leases,
  ) {}

  start(): void {
    if (this.wakings.length > 0) this.timer = setInterval(() => this.run(), everyMs);
  }

  /** Something due now was just written here: do not wait for the next round. */
  nudge(): void {
    if (this.wakings.length === 0 || this.stopped) return;
    this.nudged = true;
    this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  private run(): void {
    this.running ??= this.rounds()
      .catch((error: unknown) =>
        this.logger.warn({ msg: `clocks failed, tried again in 2 s: ${(error as Error).message}` }),
      )
      .finally(() => (this.running = undefined));
  }

  private async rounds(): Promise<void> {
    do {
      this.nudged = false;
      for (const waking of this.wakings) await this.round(waking);
    } while (this.nudged && !this.stopped);
  }

  private async round(waking: Waking): Promise<void> {
    const { name } = waking.store;
    for (const [key, until] of this.aside) if (until <= Date.now()) this.aside.delete(key);
    const due = (await waking.store.waking(new Date(), pageSize + this.aside.size)).filter(
      ({ district, id }) => !this.aside.has(`${name}/${district}/${id}`),
    );
    if (due.length === 0) return;
    for (const { district, id } of due) {
      const key = `${name}/${district}/${id}`;
      if (this.stopped || !(await this.leases.hold(`wake/${name}`, leaseMs))) return;
      try {
        const hasMoved = await this.one(waking, district, id);
        // It stays due, with nothing to do: many such would hide what is due behind them.
        if (!hasMoved && due.length >= pageSize) this.aside.set(key, Date.now() + asideMs);
      } catch (error) {
        this.aside.set(key, Date.now() + asideMs);
        this.logger.warn({ msg: `${waking.store.name} ${id}: ${(error as Error).message}` });
      }
    }
  }

  /** @returns whether anything of it was written. */
  private async one({ store, wake, work }: Waking, district: District, id: string): Promise<boolean> {
    const now = new Date().toISOString();
    let hasMoved = false;
    const decide = (current: unknown): readonly { type: string }[] => {
      const events = wake?.(current, now, id, district) ?? [];
      hasMoved = events.length > 0;
      return events;
    };
    const { state } = wake
      ? await store.change(district, id, decide)
      : ((await store.load(district, id)) ?? { state: undefined });
    if (work && state !== undefined) {
      await work(state, id, district, async (events) => {
        hasMoved = true;
        return (await store.change(district, id, () => events)).state;
      });
    }
    return hasMoved;
  }
}

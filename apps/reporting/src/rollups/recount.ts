import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { crashPoint } from '#messaging';
import type { Glance } from '#messaging';
import { config, districtFacts, trustedDistrict } from '#platform';
import type { District } from '#platform';
import type { Row } from '../ledger/row.js';
import { RowStore } from '../ledger/row.store.js';
import { view } from '../ledger/view.js';
import { bucketId, bucketsOf, sumUp } from './bucket.js';
import type { Bucket, RollUp } from './bucket.js';
import { daysIn } from './days.js';
import type { DistrictDays } from './days.js';
import { RollUpStore } from './rollup.store.js';

/** Rows taken at once: of a backlog all, because each pass reads every row of their days again. */
const batch = 50_000;
/** Rows read at once where all are looked through. */
const pageSize = 1_000;
/** Roll-ups written at once: each write waits for the journal, however small it is. */
const groupSize = 50;
/** Groups recounted at the same time; one, while the consumer is at work. */
const abreast = 4;
/** How long after the last event; and how long at most while one follows the other, because each recount reads whole days. */
const quietMs = 500;
const longestMs = 5_000;
/** How long a recount that took long rests at most while the consumer is at work. */
const longestRestMs = 10_000;
/** How often to look without a hint: another instance may have died between its rows and their recount. */
const idleMs = 5_000;

/**
 * Recounts the roll-ups of dirty rows, never increments them. In this order, because any other can leave an old sum
 * for good:
 * 1. take dirty rows, and every bucket that each may be counted in;
 * 2. for each bucket read its roll-up's version, then its rows, and write the sum guarded by that version, some at once;
 * 3. clear a row's mark guarded by the row's version, once all its buckets are written.
 * Whoever loses a guard leaves the row dirty, and the next pass counts again. Any number of instances may do this at once.
 */
@Injectable()
export class Recount implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('recount');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private hintedAt = 0;
  private waitingSince: number | undefined;
  private restUntil = 0;
  private stopped = false;

  constructor(
    private readonly rows: RowStore,
    private readonly rollUps: RollUpStore,
  ) {}

  onApplicationBootstrap(): void {
    this.plan(quietMs);
  }

  /** A hint that a row becomes dirty about now. Costs next to nothing: it comes with every event. */
  soon(): void {
    this.hintedAt = Date.now();
    if (this.running || this.waitingSince !== undefined) return;
    this.waitingSince = this.hintedAt;
    this.plan(quietMs);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private plan(delay: number): void {
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.begin(), delay).unref();
  }

  /** Waits on while events come, but not for ever: until it has rested, too. */
  private begin(): void {
    const now = Date.now();
    const latest = Math.max((this.waitingSince ?? now) + longestMs, this.restUntil);
    const due = Math.min(this.hintedAt + quietMs, latest);
    if (due > now) this.plan(due - now);
    else this.running = this.passes().finally(() => (this.running = undefined));
  }

  private async passes(): Promise<void> {
    const began = Date.now();
    this.waitingSince = undefined;
    let counted = 0;
    try {
      for (const { id } of config().districts) counted += await this.pass(trustedDistrict(id));
    } catch (error) {
      this.log.warn(`roll-ups could not be recounted, tried again: ${(error as Error).message}`);
    }
    // The longer it takes, the more time is left to a consumer, as long as that is at work.
    const now = Date.now();
    this.restUntil = now + Math.min((now - began) * 3, longestRestMs);
    this.plan(counted > 0 || now < this.hintedAt + idleMs ? quietMs : idleMs);
  }

  /** One pass over the dirty rows of a district. @returns how many there were, at most one batch. */
  async pass(district: District): Promise<number> {
    const days = daysIn(districtFacts(district).timeZone);
    const buckets = new Map<string, Bucket>();
    const dirty: { documentId: string; version: number; countedIn: string[] }[] = [];
    for await (const { id, documentId, version, row } of this.rows.dirty(district, batch)) {
      this.reportNegative(id, row);
      const its = bucketsOf(row.facts, days);
      for (const bucket of its) buckets.set(bucketId(bucket), bucket);
      dirty.push({ documentId, version, countedIn: its.map(bucketId) });
    }
    if (dirty.length === 0) return 0;
    crashPoint('before roll-up write');
    const written = await this.recountAll(district, [...buckets.values()], days);
    crashPoint('after roll-up write');
    await this.rows.clean(dirty.filter(({ countedIn }) => countedIn.every((id) => written.has(id))));
    return dirty.length;
  }

  /**
   * Every roll-up of a district from its rows again: those of all rows, and those in which no row is counted any more,
   * because after a rebuild a row may have another organisation or day than the one it was counted in. Reports are
   * served from the old sums until each is written.
   */
  async all(district: District): Promise<void> {
    const days = daysIn(districtFacts(district).timeZone);
    const buckets = new Map<string, Bucket>();
    const add = (some: Bucket[]): void => {
      for (const bucket of some) buckets.set(bucketId(bucket), bucket);
    };
    for (let after: string | undefined = ''; after !== undefined && !this.stopped;) {
      const rows: Glance<Row>[] = await this.rows.after(district, after, pageSize, ['state.facts']);
      for (const { state } of rows) add(bucketsOf(state.facts, days));
      after = rows.length < pageSize ? undefined : rows.at(-1)!.id;
    }
    add(await this.rollUps.buckets(district));
    // Whoever is faster may have read the rows before the rebuild put them right: counted again until it is ours.
    while (buckets.size > 0 && !this.stopped) {
      for (const id of await this.recountAll(district, [...buckets.values()], days)) buckets.delete(id);
    }
  }

  private async recountAll(district: District, buckets: Bucket[], days: DistrictDays): Promise<Set<string>> {
    const written = new Set<string>();
    const worker = async (): Promise<void> => {
      for (let some = buckets.splice(0, groupSize); some.length > 0; some = buckets.splice(0, groupSize)) {
        const versions = await this.rollUps.versions(district, some);
        const sums: RollUp[] = [];
        for (const bucket of some) {
          const { kind, orgId, day } = bucket;
          sums.push(sumUp(bucket, await this.rows.shares(district, kind, orgId, days.bounds(day)), days));
        }
        for (const id of await this.rollUps.put(district, sums, versions)) written.add(id);
      }
    };
    await Promise.all(Array.from({ length: this.consuming() ? 1 : abreast }, worker));
    return written;
  }

  private consuming(): boolean {
    return Date.now() < this.hintedAt + quietMs;
  }

  /** The reports count a negative duration as 0 and say how many there were; the log says which. */
  private reportNegative(id: string, row: Row): void {
    const { negative } = view(row.facts);
    if (negative.length > 0)
      this.log.warn(`input ${id}: negative ${negative.join(', ')} counted as 0; compare the clocks`);
  }
}

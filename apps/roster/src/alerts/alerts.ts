import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { Db } from 'mongodb';
import { DATABASE, Leases, Mailer, Problem, TenantCollection, config, trustedDistrict } from '#platform';
import type { District } from '#platform';
import { once } from '../http/request.js';
import type { Source } from '../sources/source.js';
import type { Alert } from './alert.js';

/** One alert on its way to one address. */
interface Delivery extends Alert {
  to: { email: string } | { webhook: string };
  tries: number;
  nextAt: string;
  sentAt?: string;
  problem?: string;
}

const lookMs = 5_000;
const leaseMs = 60_000;
const mostTries = 8;
const firstPauseMs = 30_000;

/**
 * Sends alerts by e-mail and webhook, within seconds of their being raised. An attempt is recorded before it is made;
 * what fails is tried again after 30 s, then each time twice as long, eight times in all. A webhook may be called
 * twice for one alert, and knows it by its id.
 */
@Injectable()
export class Alerts implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('alerts');
  private readonly deliveries: TenantCollection<Delivery>;
  private readonly leases: Leases;
  private readonly stopping = new AbortController();
  private timer?: NodeJS.Timeout;
  private sending?: Promise<void>;

  constructor(
    @Inject(DATABASE) db: Db,
    private readonly mailer: Mailer,
  ) {
    this.deliveries = new TenantCollection<Delivery>(db, 'alerts');
    this.leases = new Leases(db, `roster-alerts-${randomUUID()}`);
  }

  async onModuleInit(): Promise<void> {
    await this.deliveries.ensureIndexes({ nextAt: 1 });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.look(), lookMs).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort(new Error('the service is stopping'));
    await this.sending;
    await this.leases.release();
  }

  /** Raised again, it is the same alert, and is sent once. */
  async raise(district: District, alert: Alert, { alerts }: Source): Promise<void> {
    const targets = [
      ...alerts.emails.map((email) => ({ email })),
      ...(alerts.webhook ? [{ webhook: alerts.webhook }] : []),
    ];
    this.logger.warn({ msg: `${alert.kind}: ${alert.subject}`, source: alert.source });
    for (const [i, to] of targets.entries()) {
      const delivery: Delivery = { ...alert, to, tries: 0, nextAt: alert.at };
      await this.deliveries.put(district, `${alert.alertId}-${i}`, delivery, 0).catch((error: unknown) => {
        if (!(error instanceof Problem && error.status === 412)) throw error;
      });
    }
  }

  private look(): void {
    this.sending ??= this.sendAll()
      .catch((error: unknown) =>
        this.logger.warn({ msg: `alerts are sent in a moment: ${(error as Error).message}` }),
      )
      .finally(() => (this.sending = undefined));
  }

  private async sendAll(): Promise<void> {
    for (const { id } of config().districts) {
      const district = trustedDistrict(id);
      const due = await this.deliveries.find(
        district,
        { nextAt: { $lte: new Date().toISOString() } },
        { nextAt: 1 },
        20,
      );
      if (due.length === 0) continue;
      if (!(await this.leases.hold('roster-alerts', leaseMs))) return;
      for (const one of due) {
        this.stopping.signal.throwIfAborted();
        await this.attempt(district, one);
      }
    }
  }

  private async attempt(
    district: District,
    { id, version, ...delivery }: Delivery & { id: string; version: number },
  ): Promise<void> {
    const tries = delivery.tries + 1;
    const pause = firstPauseMs * 2 ** (tries - 1);
    const nextAt = tries < mostTries ? new Date(Date.now() + pause).toISOString() : never;
    const recorded = await this.deliveries.put(district, id, { ...delivery, tries, nextAt }, version);
    let problem: string | undefined;
    try {
      await this.send(district, id, delivery);
    } catch (error) {
      problem = (error as Error).message.slice(0, 300);
      this.logger.warn({ msg: `an alert was not sent, try ${tries} of ${mostTries}: ${problem}` });
    }
    const sent = problem === undefined;
    const result = sent ? { nextAt: never, sentAt: new Date().toISOString() } : { nextAt, problem };
    await this.deliveries.put(district, id, { ...delivery, tries, ...result }, recorded);
  }

  private async send(district: District, id: string, delivery: Delivery): Promise<void> {
    const { to, subject, text, source, kind, importId, at } = delivery;
    if ('email' in to) {
      const messageId = `roster-${district}-${id}@hearback`;
      return this.mailer.send({ to: to.email, subject, text, messageId });
    }
    const body = JSON.stringify({ id, district, source, kind, importId, subject, text, at });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    // One try: its delivery is tried again later, so that a webhook which is slow holds up no other alert for long.
    const { status } = await once(new URL(to.webhook), init, 0, {
      timeoutMs: 10_000,
      signal: this.stopping.signal,
    });
    if (status >= 300) throw new Error(`the webhook answered ${status}`);
  }
}

/** After every instant that is asked for. */
const never = '9999';

import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Consumer, OnWork, crashPoint } from '#messaging';
import { OrganisationTree } from '#organisations';
import { MailRefused, Mailer, config, districtFacts } from '#platform';
import type { District } from '#platform';
import type { Case, OwedMail } from '../cases/case.js';
import type { CaseEvent, MailSettled } from '../cases/case-event.js';
import { CaseStore } from '../cases/case.store.js';
import { mostTries, nextTry } from '../cases/rules/mails.js';
import { addressOf } from '../routing/address.js';
import { RoutingSnapshot } from '../routing/routing.snapshot.js';
import { teamMail } from './team-mail.js';

/** While the mail server does not answer, mails are put off without knocking again for so long, in ms. */
const downFor = 20_000;

/** How long stopping waits for mails that are under way, in ms. */
const stopWithin = 2_000;

/** How many cases are mailed about at the same time, so that a slow mail server does not hold up the clocks. */
const atOnce = 8;

/** Sends the mails that cases owe to their teams: recorded before each attempt, so that a crash repeats and never forgets. */
@Consumer()
export class SendTeamMail implements BeforeApplicationShutdown {
  private readonly logger = new Logger('team mail');
  private readonly sending = new Map<string, Promise<void>>();
  private downUntil = 0;

  constructor(
    private readonly cases: CaseStore,
    private readonly mailer: Mailer,
    private readonly routing: RoutingSnapshot,
    private readonly tree: OrganisationTree,
  ) {}

  /** Returns once there is room for it, not once it is sent. */
  @OnWork(CaseStore)
  async send(state: Case, id: string, district: District): Promise<void> {
    const now = new Date().toISOString();
    const owed = state.mails.filter((mail) => mail.nextTryAt <= now);
    const key = `${district}/${id}`;
    if (owed.length === 0 || this.sending.has(key)) return;
    if (this.sending.size >= atOnce) await Promise.race(this.sending.values());
    const work = this.all(state, owed, district)
      .catch((error: unknown) =>
        this.logger.warn({ msg: `${id}, tried again later: ${(error as Error).message}` }),
      )
      .finally(() => this.sending.delete(key));
    this.sending.set(key, work);
  }

  /** Not for long: what is cut off is tried again, as the same mail. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.race([Promise.all(this.sending.values()), pause(stopWithin, undefined, { ref: false })]);
  }

  private async all(state: Case, owed: OwedMail[], district: District): Promise<void> {
    await this.routing.fresh(district);
    for (const mail of owed) await this.one(state, mail, district);
  }

  private async one(state: Case, mail: OwedMail, district: District): Promise<void> {
    const { what } = mail;
    const at = new Date().toISOString();
    const settled = (result: MailSettled['result'], code?: string) =>
      this.record(state, district, what, [
        { type: 'mail-settled', what, result, at: new Date().toISOString(), ...(code && { code }) },
      ]);
    const to = addressOf(this.routing.teams(district), { ...mail, hiddenFrom: state.hiddenFrom });
    if (!to) return void (await settled('no address'));
    if (mail.tries >= mostTries) return void (await settled('given up'));
    crashPoint('before delivery attempt');
    const mine = await this.record(
      state,
      district,
      what,
      [{ type: 'mail-tried', what, at, nextTryAt: nextTry(mail.tries, at) }],
      at,
    );
    if (!mine || Date.now() < this.downUntil) return;
    crashPoint('after delivery attempt');
    const { publicUrl } = config();
    const { timeZone } = districtFacts(district);
    const orgName = this.tree.find(district, state.orgId)?.name ?? state.orgId;
    try {
      await this.mailer.send({ to, ...teamMail(state, mail, { publicUrl, timeZone, orgName }) });
    } catch (error) {
      if (error instanceof MailRefused) return void (await settled('refused', error.code));
      // A "not now" is about this mail; no answer at all is about the server.
      if ((error as { responseCode?: number }).responseCode === undefined)
        this.downUntil = Date.now() + downFor;
      return this.logger.warn({
        msg: `the mail server does not take mail, tried again later: ${(error as Error).message}`,
      });
    }
    crashPoint('after delivery');
    await settled('sent');
  }

  /**
   * Writes what became of a mail while it is still owed, and with `dueAt` only while it is due: of two that would send
   * the same mail one gets `true`.
   */
  private async record(
    state: Case,
    district: District,
    what: string,
    events: CaseEvent[],
    dueAt?: string,
  ): Promise<boolean> {
    let written = false;
    await this.cases.change(district, state.caseId, (current) => {
      written = current.mails.some((mail) => mail.what === what && (!dueAt || mail.nextTryAt <= dueAt));
      return written ? events : [];
    });
    return written;
  }
}

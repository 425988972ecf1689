import { Logger } from '@nestjs/common';
import { Consumer, OnWork } from '#messaging';
import { OrganisationTree } from '#organisations';
import { MailRefused, Mailer, config, districtFacts } from '#platform';
import type { District } from '#platform';
import type { Case, OwedMail } from '../cases/case.js';
import type { CaseEvent } from '../cases/case-event.js';
import { CaseStore } from '../cases/case.store.js';
import { mostTries, nextTry } from '../cases/rules/mails.js';
import { isHiddenTeam } from '../routing/hidden.js';
import { RoutingSnapshot } from '../routing/routing.snapshot.js';
import { teamMail } from './team-mail.js';

/** While the mail server does not answer, mails are put off without knocking again for so long, in ms. */
const downFor = 20_000;

/** Sends the mails that cases owe to their teams: recorded before each attempt, so that a crash repeats and never forgets. */
@Consumer()
export class SendTeamMail {
  private readonly logger = new Logger('team mail');
  private downUntil = 0;

  constructor(
    private readonly mailer: Mailer,
    private readonly routing: RoutingSnapshot,
    private readonly tree: OrganisationTree,
  ) {}

  @OnWork(CaseStore)
  async send(
    state: Case,
    id: string,
    district: District,
    record: (events: CaseEvent[]) => Promise<Case>,
  ): Promise<void> {
    const now = new Date().toISOString();
    const owed = state.mails.filter((mail) => mail.nextTryAt <= now);
    if (owed.length === 0) return;
    await this.routing.fresh(district);
    for (const mail of owed) await this.one(state, mail, district, record);
  }

  private async one(
    state: Case,
    mail: OwedMail,
    district: District,
    record: (events: CaseEvent[]) => Promise<Case>,
  ): Promise<void> {
    const { what } = mail;
    const at = new Date().toISOString();
    const settled = (result: 'sent' | 'refused' | 'no address' | 'given up', code?: string) =>
      record([{ type: 'mail-settled', what, result, at: new Date().toISOString(), ...(code && { code }) }]);
    const to = this.addressOf(state, mail, district);
    if (!to) return void (await settled('no address'));
    if (mail.tries >= mostTries) return void (await settled('given up'));
    await record([{ type: 'mail-tried', what, at, nextTryAt: nextTry(mail.tries, at) }]);
    if (Date.now() < this.downUntil) return;
    const { publicUrl } = config();
    const { timeZone } = districtFacts(district);
    const orgName = this.tree.find(district, state.orgId)?.name ?? state.orgId;
    try {
      await this.mailer.send({ to, ...teamMail(state, mail, { publicUrl, timeZone, orgName }) });
    } catch (error) {
      if (error instanceof MailRefused) return void (await settled('refused', error.code));
      this.downUntil = Date.now() + downFor;
      return this.logger.warn({
        msg: `the mail server does not take mail, tried again later: ${(error as Error).message}`,
      });
    }
    await settled('sent');
  }

  /** None for a team that is gone, has no address, or may not know of this case. */
  private addressOf(state: Case, mail: OwedMail, district: District): string | undefined {
    const team = this.routing.teams(district).find((one) => one.teamId === mail.teamId);
    if (!team || isHiddenTeam(state.hiddenFrom, team)) return undefined;
    return mail.toLead ? (team.leadEmail ?? team.email) : team.email;
  }
}

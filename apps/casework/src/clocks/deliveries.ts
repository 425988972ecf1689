import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { IsIn, IsString, Length } from 'class-validator';
import { Unknown } from '#contracts';
import { documentsFor, pageOfParts, partAfter, partId, partNamed } from '#messaging';
import type { Part } from '#messaging';
import { Allow, Caller, PageQuery, Returns } from '#platform';
import { CaseStore } from '../cases/case.store.js';
import { deliveriesOf, deliveryStates, resendMail } from '../cases/rules/mails.js';
import type { Delivery, DeliveryState } from '../cases/rules/mails.js';

export class DeliveriesQuery extends PageQuery {
  /** What was tried in vain to the end, what was refused for good, or what is still tried by itself. */
  @IsIn(deliveryStates) state: DeliveryState = 'exhausted';
}

export class ResendRequest {
  /** Kept with the mail. */
  @IsString() @Length(3, 500) why!: string;
}

/** Who had a mail sent again by hand. */
export class Resent {
  by!: string;
  why!: string;
  at!: string;
}

/** A mail that its team has not got yet; never the address. */
export class DeliveryView {
  id!: string;
  service!: string;
  caseId!: string;
  teamId!: string;
  /** What it tells the team, unique within its case. */
  what!: string;
  channel!: string;
  state!: string;
  attempts!: number;
  nextTryAt?: string;
  /** Why it ended without being sent: the mail server's code, that it never answered, or that there is no address. */
  reason?: string;
  endedAt?: string;
  resent?: Resent[];
}

export class DeliveryPage {
  items!: DeliveryView[];
  next?: string;
}

const fields = ['state.mails', 'state.undelivered'];

/** Mails to teams that IT may have to care about; the gateway gathers them under /api/ops. */
@Controller('ops/deliveries')
@Allow(['it'], 'district')
export class DeliveriesController {
  constructor(private readonly cases: CaseStore) {}

  @Get()
  @Returns(200, DeliveryPage, 'Mails to teams that were exhausted, refused, or are still owed, by case id')
  async list(
    @Query() { state, limit, cursor }: DeliveriesQuery,
    @Caller() { district }: Caller,
  ): Promise<DeliveryPage> {
    const after = partAfter(cursor);
    const page = { from: after.of, limit: documentsFor(limit), fields };
    const found = await this.cases.having(district, { undelivered: state }, page);
    const parts = found.flatMap((one) =>
      deliveriesOf(one.state)
        .filter((delivery) => delivery.state === state)
        .map((delivery) => ({ of: one.id, name: delivery.mail.what, delivery })),
    );
    const { items, next } = pageOfParts(parts, after, limit);
    return { items: items.map(viewOf), ...(next && { next }) };
  }

  /** With the same Message-ID, to the address that the team has now. 409 while it is still tried by itself. */
  @Post(':id/resend')
  @Returns(200, DeliveryView, 'Begins to try a mail again; who and why is kept with it')
  async resend(
    @Param('id') id: string,
    @Body() { why }: ResendRequest,
    @Caller() { district, sub: by = 'unknown' }: Caller,
  ): Promise<DeliveryView> {
    const part = partNamed(id);
    if (!part) throw new Unknown('delivery');
    const { state } = await this.cases.change(district, part.of, (current) =>
      resendMail(current, part.name, { by, why }, new Date().toISOString()),
    );
    const delivery = deliveriesOf(state).find(({ mail }) => mail.what === part.name)!;
    return viewOf({ ...part, delivery });
  }
}

function viewOf({ of, name, delivery }: Part & { delivery: Delivery }): DeliveryView {
  const { mail, state, reason, endedAt } = delivery;
  return {
    id: partId({ of, name }),
    service: 'casework',
    caseId: of,
    teamId: mail.teamId,
    what: name,
    channel: 'email',
    state,
    attempts: mail.tries,
    ...(state === 'owed' && { nextTryAt: mail.nextTryAt }),
    ...(reason && { reason }),
    ...(endedAt && { endedAt }),
    ...(mail.resent && { resent: mail.resent }),
  };
}

import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query } from '@nestjs/common';
import { IsIn, IsString, Length } from 'class-validator';
import { Allow, PageQuery, Returns } from '#platform';
import { ask } from '../upstreams.js';
import { away, gather, passedBack } from './gather.js';

/** The services that write to people outside. */
const couriers = ['intake', 'casework'] as const;
const states = ['exhausted', 'refused', 'owed'] as const;

export class DeliveriesQuery extends PageQuery {
  /** What was tried in vain to the end, what was refused for good, or what is still tried by itself. */
  @IsIn(states) state: (typeof states)[number] = 'exhausted';
}

export class DeliveryPath {
  @IsIn(couriers) service!: (typeof couriers)[number];
  @IsString() @Length(1, 300) id!: string;
}

export class ResendRequest {
  /** Kept with the delivery. */
  @IsString() @Length(3, 500) why!: string;
}

export class Resent {
  by!: string;
  why!: string;
  at!: string;
}

/** A letter to an originator or a mail to a team that has not arrived; never an address, nor a word of it. */
export class DeliveryItem {
  /** With `service`, names it for a resend. */
  id!: string;
  service!: string;
  /** Of a letter to an originator. */
  inputId?: string;
  /** Of a mail to a team. */
  caseId?: string;
  teamId?: string;
  /** What it is about, unique within its input or case. */
  what!: string;
  channel!: string;
  state!: string;
  attempts!: number;
  nextTryAt?: string;
  reason?: string;
  endedAt?: string;
  /** Who had it sent again by hand, and why. */
  resent?: Resent[];
}

export class DeliveryPage {
  items!: DeliveryItem[];
  next?: string;
  /** Services that did not answer: theirs are not in this list. */
  unreachable?: string[];
}

@Controller('api/ops/deliveries')
@Allow(['it'], 'district')
export class DeliveriesController {
  @Get()
  @Returns(200, DeliveryPage, 'Letters and mails to teams that were exhausted, refused, or are still owed')
  list(
    @Query() { state, limit, cursor }: DeliveriesQuery,
    @Headers('authorization') authorization: string,
  ): Promise<DeliveryPage> {
    return gather<DeliveryItem>(couriers, 'ops/deliveries', { limit, cursor, state }, authorization);
  }

  /** With the same Message-ID. 409 unless it was exhausted or refused. */
  @Post(':service/:id/resend')
  @HttpCode(200)
  @Returns(200, DeliveryItem, 'Begins to try a delivery again; who and why is kept with it')
  async resend(
    @Param() { service, id }: DeliveryPath,
    @Body() request: ResendRequest,
    @Headers('authorization') authorization: string,
  ): Promise<DeliveryItem> {
    const path = `/api/${service}/ops/deliveries/${encodeURIComponent(id)}/resend`;
    return passedBack<DeliveryItem>(await ask(service, path, { authorization, post: request }).catch(away));
  }
}

import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query } from '@nestjs/common';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { Allow, PageQuery, Returns } from '#platform';
import { ask, upstreams } from '../upstreams.js';
import type { Upstream } from '../upstreams.js';
import { away, gather, passedBack } from './gather.js';

export class WhyRequest {
  /** Kept with the decision. */
  @IsString() @Length(3, 500) why!: string;
}

export class ParkedPath {
  @IsIn(upstreams) service!: Upstream;
  @IsString() @Length(1, 500) id!: string;
  @IsIn(['replay', 'discard']) decision!: 'replay' | 'discard';
}

export class ParkedQuery extends PageQuery {
  /** `true` lists what was discarded instead of what waits. */
  @IsOptional() @IsIn(['true', 'false']) discarded?: 'true' | 'false';
}

/** Who decided that an event is skipped, and why. */
export class Discarded {
  by!: string;
  why!: string;
  at!: string;
}

/** A parked event, without its content. `id` and `service` name it for replay and discard. */
export class ParkedItem {
  id!: string;
  service!: string;
  kind!: string;
  type?: string;
  publisher?: string;
  key?: string;
  seq?: number;
  reason!: string;
  tries!: number;
  parkedAt!: string;
  nextTryAt?: string;
  discarded?: Discarded;
}

export class ParkedPage {
  items!: ParkedItem[];
  next?: string;
  /** Services that did not answer: their parked events are not in this list. */
  unreachable?: string[];
}

export class DecisionTaken {
  /** As it was named, and as the list has it. */
  id!: string;
  /** Events under the same key that still wait. */
  stillWaiting!: number;
}

@Controller('api/ops/parked')
@Allow(['it'], 'district')
export class ParkedController {
  /** Service after service; `cursor` goes on within one, or with the next. */
  @Get()
  @Returns(200, ParkedPage, 'Events that could not be applied, of all services')
  list(
    @Query() { limit, cursor, discarded }: ParkedQuery,
    @Headers('authorization') authorization: string,
  ): Promise<ParkedPage> {
    return gather<ParkedItem>(upstreams, 'ops/parked', { limit, cursor, discarded }, authorization);
  }

  @Post(':service/:id/:decision')
  @HttpCode(200)
  @Returns(200, DecisionTaken, 'Tries a parked event again, or skips it for good; the reason is kept')
  async decide(
    @Param() { service, id, decision }: ParkedPath,
    @Body() request: WhyRequest,
    @Headers('authorization') authorization: string,
  ): Promise<DecisionTaken> {
    const path = `/api/${service}/ops/parked/${encodeURIComponent(id)}/${decision}`;
    return passedBack<DecisionTaken>(await ask(service, path, { authorization, post: request }).catch(away));
  }
}

import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Length,
  ValidateIf,
} from 'class-validator';
import { Unknown } from '#contracts';
import { Allow, Caller, PageQuery, Problem, Returns, SERVICE } from '#platform';
import { Runtime } from '../runtime.js';
import type { ParkedEvent } from '../consume/parked-event.js';

export class WhyRequest {
  /** Kept with the decision. */
  @IsString() @Length(3, 500) why!: string;
}

export class ParkedQuery extends PageQuery {
  /** `true` lists what was discarded instead of what waits. */
  @IsOptional() @IsIn(['true', 'false']) discarded?: 'true' | 'false';
}

export class RepublishRequest {
  @ValidateIf(({ inputIds }: RepublishRequest) => inputIds === undefined)
  @IsString()
  @Length(1, 128)
  inputId?: string;

  /** Several at once, instead of `inputId`. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(200)
  @IsString({ each: true })
  @Length(1, 128, { each: true })
  inputIds?: string[];
}

export class Republished {
  /** Inputs whose events are sent again. */
  sent!: string[];
  /** Inputs that this service has no events about. */
  unknown!: string[];
}

/** A parked event, without its content. */
export class ParkedView {
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
  /** Who decided that it is skipped, and why. */
  discarded?: { by: string; why: string; at: string };
}

export class ParkedPage {
  items!: ParkedView[];
  next?: string;
}

export class ReplayView {
  id!: string;
  /** Events under the same key that still wait; 0 when it flows again. */
  stillWaiting!: number;
}

/** What IT sees of and does to parked events; the gateway gathers it under /api/ops. */
@Controller('ops')
@Allow(['it'], 'district')
export class OpsController {
  constructor(
    private readonly runtime: Runtime,
    @Inject(SERVICE) private readonly service: string,
  ) {}

  @Get('parked')
  @Returns(200, ParkedPage, 'Events that could not be applied, with the reason')
  async list(@Query() page: ParkedQuery, @Caller() caller: Caller): Promise<ParkedPage> {
    const { limit, cursor, discarded } = page;
    const { items, next } = await this.runtime.parked.list(
      caller.district,
      limit,
      cursor,
      discarded === 'true',
    );
    return { items: items.map((one) => this.view(one)), ...(next && { next }) };
  }

  @Post('parked/:id/replay')
  @Returns(200, ReplayView, 'Tries a parked event, and what waits behind it, again now')
  async replay(
    @Param('id') id: string,
    @Body() { why }: WhyRequest,
    @Caller() caller: Caller,
  ): Promise<ReplayView> {
    const { retries, replays } = this.runtime;
    const event = await this.find(id, caller);
    if (event.discarded) throw new Problem(409, undefined, { detail: skipped(event.discarded) });
    const replayId = randomUUID();
    await replays.beginOne(caller.district, replayId, { by: caller.sub ?? 'unknown', why, event: event._id });
    const stillWaiting = event.holdKey ? await retries!.drain(event.holdKey) : await retries!.reread(event);
    await replays.ended(caller.district, replayId, stillWaiting);
    return { id, stillWaiting };
  }

  @Post('parked/:id/discard')
  @Returns(200, ReplayView, 'Skips a parked event for good; who and why is kept. Never an input.raised')
  async discard(
    @Param('id') id: string,
    @Body() { why }: WhyRequest,
    @Caller() caller: Caller,
  ): Promise<ReplayView> {
    const event = await this.find(id, caller);
    await this.runtime.parked.discard(event, caller.sub ?? 'unknown', why);
    const stillWaiting = event.holdKey ? await this.runtime.retries!.drain(event.holdKey) : 0;
    return { id, stillWaiting };
  }

  /** 404 for one input that this service has no events about; of several, those are named. */
  @Post('republish')
  @Returns(202, Republished, 'Sends the events about inputs again: same ids, same numbers')
  async republish(
    @Body() { inputId, inputIds = [inputId!] }: RepublishRequest,
    @Caller() { district }: Caller,
  ): Promise<Republished> {
    const answer: Republished = { sent: [], unknown: [] };
    for (const id of new Set(inputIds))
      ((await this.runtime.republish(district, id)) ? answer.sent : answer.unknown).push(id);
    if (inputId !== undefined && answer.sent.length === 0) throw new Unknown('input');
    return answer;
  }

  /** Ids hold slashes, so they travel as base64url. */
  private async find(id: string, caller: Caller): Promise<ParkedEvent> {
    const event = await this.runtime.parked.get(caller.district, Buffer.from(id, 'base64url').toString());
    if (!event) throw new Unknown('parked event');
    return event;
  }

  private view(one: ParkedEvent): ParkedView {
    const { kind, type, publisher, key, seq, reason, tries } = one;
    return {
      id: Buffer.from(one._id).toString('base64url'),
      service: this.service,
      kind,
      ...(type && { type }),
      ...(publisher && { publisher }),
      ...(key && { key }),
      ...(seq && { seq }),
      reason,
      tries,
      parkedAt: one.parkedAt.toISOString(),
      ...(one.nextTryAt && { nextTryAt: one.nextTryAt.toISOString() }),
      ...(one.discarded && { discarded: { ...one.discarded, at: one.discarded.at.toISOString() } }),
    };
  }
}

function skipped({ by, why }: { by: string; why: string }): string {
  return `It was discarded by ${by} (${why}): it is skipped for good.`;
}

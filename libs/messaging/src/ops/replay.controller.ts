import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { IsOptional, IsString, IsUUID, Length } from 'class-validator';
import { Unknown } from '#contracts';
import { Allow, Caller, PageQuery, Returns, SERVICE } from '#platform';
import { Runtime } from '../runtime.js';
import type { Replay } from './replays.js';

export class ReplayRequest {
  /** Chosen by who asks, the same in every service: asking again under it changes nothing. */
  @IsUUID() replayId!: string;
  /** Kept with the replay. */
  @IsString() @Length(3, 500) why!: string;
  /** Only under keys where an event of this type waits, for example `case.answered`. */
  @IsOptional() @IsString() @Length(3, 100) type?: string;
}

/** A replay, and how far it is. Counts are of parked events. */
export class ReplayProgress {
  replayId!: string;
  service!: string;
  by!: string;
  why!: string;
  type?: string;
  /** The one event that was named, by its id; absent for a replay in bulk. */
  event?: string;
  /** running or done. */
  state!: string;
  total!: number;
  done!: number;
  stillWaiting!: number;
  startedAt!: string;
  finishedAt?: string;
}

export class ReplayPage {
  items!: ReplayProgress[];
  next?: string;
}

/** Replays in bulk, and the record of all replays; the gateway gathers them under /api/ops. */
@Controller('ops/parked')
@Allow(['it'], 'district')
export class ReplayController {
  constructor(
    private readonly runtime: Runtime,
    @Inject(SERVICE) private readonly service: string,
  ) {}

  /** Answers at once; the work is done in the background, and goes on after a restart. */
  @Post('replay')
  @Returns(202, ReplayProgress, 'Tries everything that waits again, in the background')
  async begin(
    @Body() { replayId, why, type }: ReplayRequest,
    @Caller() { district, sub = 'unknown' }: Caller,
  ): Promise<ReplayProgress> {
    const order = { by: sub, why, ...(type && { type }) };
    const replay = await this.runtime.replays.begin(district, replayId, order);
    this.runtime.replayWorker?.nudge();
    return this.view(replay);
  }

  @Get('replays')
  @Returns(200, ReplayPage, 'Who had what tried again, why, and with what result; the newest first')
  async list(@Query() { limit, cursor }: PageQuery, @Caller() { district }: Caller): Promise<ReplayPage> {
    const { items, next } = await this.runtime.replays.list(district, limit, cursor);
    return { items: items.map((one) => this.view(one)), ...(next && { next }) };
  }

  @Get('replays/:id')
  @Returns(200, ReplayProgress, 'How far a replay is')
  async read(@Param('id') id: string, @Caller() { district }: Caller): Promise<ReplayProgress> {
    const replay = await this.runtime.replays.get(district, id);
    if (!replay) throw new Unknown('replay');
    return this.view(replay);
  }

  private view({ id, startedAt, finishedAt, ...replay }: Replay): ReplayProgress {
    const { by, why, type, event, state, total, done, stillWaiting } = replay;
    return {
      replayId: id,
      service: this.service,
      by,
      why,
      ...(type && { type }),
      ...(event && { event: Buffer.from(event).toString('base64url') }),
      state,
      total,
      done,
      stillWaiting,
      startedAt: startedAt.toISOString(),
      ...(finishedAt && { finishedAt: finishedAt.toISOString() }),
    };
  }
}

import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString, Length } from 'class-validator';
import { Unknown, publishers } from '#contracts';
import type { Publisher } from '#contracts';
import { Allow, Caller, Idempotent, PageQuery, Returns, SERVICE, invalid } from '#platform';
import type { Command } from '#platform';
import { WhyRequest } from '../ops/ops.controller.js';
import { Runtime } from '../runtime.js';
import { rebuildStates, verdicts } from './rebuild.js';
import type { Compared, Rebuild, RebuildState, Verdict } from './rebuild.js';

export class RebuildBody {
  /** Kept with the rebuild. */
  @IsString() @Length(3, 500) why!: string;
  /** Have every owner send its events again, whatever the topics still hold. */
  @IsOptional() @IsBoolean() fromOwners: boolean = false;
  /** Only look: build the copy, compare, write nothing. */
  @IsOptional() @IsBoolean() check: boolean = false;
  /** Delete documents that no event tells of; without it they stay and are named. */
  @IsOptional() @IsBoolean() remove: boolean = false;
}

export class RebuildRead {
  /** Messages taken from the topics so far. */
  messages!: number;
  left!: number;
}

/** Documents by what they turned out to be. `different`, `behind` and `missing` were put right, or would be. */
export class RebuildDocuments implements Compared {
  /** Byte for byte what the events say. */
  same!: number;
  /** The same events, other content. */
  different!: number;
  /** Lacked events. */
  behind!: number;
  /** Was not there. */
  missing!: number;
  /** Know events that the topics no longer hold and no owner sent; they stay. */
  ahead!: number;
  /** No event tells of them; they stay unless `remove` was asked for. */
  unknown!: number;
  removed!: number;
  /** An event of theirs was discarded while the rebuild ran; they stay. */
  left!: number;
}

/** An owner that was asked for everything, and how much it has sent. */
export class RebuildOwner {
  @ApiProperty({ enum: publishers }) publisher!: Publisher;
  documents!: number;
  events!: number;
  done!: boolean;
}

export class RebuildExample {
  store!: string;
  id!: string;
  @ApiProperty({ enum: verdicts }) verdict!: Verdict;
}

export class RebuildView {
  id!: string;
  service!: string;
  @ApiProperty({ enum: rebuildStates }) state!: RebuildState;
  running!: boolean;
  why!: string;
  by!: string;
  fromOwners!: boolean;
  check!: boolean;
  remove!: boolean;
  startedAt!: string;
  endedAt?: string;
  read!: RebuildRead;
  owners!: RebuildOwner[];
  documents!: RebuildDocuments;
  /** Events that could not be applied on the way; the parked list has them. */
  parked!: number;
  /** The first of the documents that were not the same. */
  examples!: RebuildExample[];
  /** Why it did not end as `done`. */
  reason?: string;
}

export class RebuildPage {
  items!: RebuildView[];
  next?: string;
}

/** Rebuilding what this service made from others' events, for the caller's district, while it is served. */
@Controller('ops')
@Allow(['it'], 'district')
export class RebuildController {
  constructor(
    private readonly runtime: Runtime,
    @Inject(SERVICE) private readonly service: string,
  ) {}

  @Post('rebuild')
  @Returns(202, RebuildView, 'Begins a rebuild from the events. 409 while one runs')
  async begin(
    @Body() { why, fromOwners, check, remove }: RebuildBody,
    @Caller() caller: Caller,
    @Idempotent() command: Command,
  ): Promise<RebuildView> {
    const request = { why, fromOwners, check, remove, by: caller.sub ?? 'unknown' };
    return this.view(await this.runtime.rebuilder!.begin(caller.district, command, request));
  }

  @Get('rebuilds')
  @Returns(200, RebuildPage, 'Rebuilds, the newest first')
  async list(@Query() { limit, cursor }: PageQuery, @Caller() { district }: Caller): Promise<RebuildPage> {
    if (cursor !== undefined && Number.isNaN(Date.parse(cursor)))
      throw invalid('cursor', 'cursor', 'cursor must be the next of an earlier page.');
    const { items, next } = await this.runtime.rebuilder!.rebuilds.list(district, limit, cursor);
    return { items: items.map((one) => this.view(one)), ...(next && { next }) };
  }

  @Get('rebuilds/:id')
  @Returns(200, RebuildView, 'How far a rebuild is, or how it ended')
  async show(@Param('id') id: string, @Caller() { district }: Caller): Promise<RebuildView> {
    const found = await this.runtime.rebuilder!.rebuilds.get(district, id);
    if (!found) throw new Unknown('rebuild');
    return this.view(found);
  }

  @Post('rebuilds/:id/cancel')
  @Returns(200, RebuildView, 'Ends a rebuild; what it has put right stays. 409 when it has ended')
  async cancel(
    @Param('id') id: string,
    @Body() { why }: WhyRequest,
    @Caller() caller: Caller,
  ): Promise<RebuildView> {
    await this.show(id, caller);
    await this.runtime.rebuilder!.rebuilds.cancel(caller.district, id, caller.sub ?? 'unknown', why);
    return this.show(id, caller);
  }

  private view(one: Rebuild): RebuildView {
    const { state, why, by, fromOwners, check, remove, read, compared, parked, examples } = one;
    return {
      id: one._id,
      service: this.service,
      state,
      running: one.running === true,
      ...{ why, by, fromOwners, check, remove },
      startedAt: one.startedAt.toISOString(),
      ...(one.endedAt && { endedAt: one.endedAt.toISOString() }),
      read,
      owners: publishers.flatMap((publisher) => {
        const owner = one.owners[publisher];
        return owner ? [{ publisher, ...owner }] : [];
      }),
      documents: compared,
      parked,
      examples,
      ...(one.reason && { reason: one.reason }),
    };
  }
}

import { Body, Controller, Get, Headers, Param, Post, Query } from '@nestjs/common';
import { IsIn, IsOptional, IsString, IsUUID, Length } from 'class-validator';
import { Unknown } from '#contracts';
import { Allow, Idempotent, PageQuery, Returns, unavailable } from '#platform';
import type { Command } from '#platform';
import { ask, upstreams } from '../upstreams.js';
import type { Answer, Upstream } from '../upstreams.js';
import { gather, passedBack } from './gather.js';

export class ReplayRequest {
  /** Kept with the replay. */
  @IsString() @Length(3, 500) why!: string;
  /** Of this service only; else of all. */
  @IsOptional() @IsIn(upstreams) service?: Upstream;
  /** Only under keys where an event of this type waits, for example `case.answered`. */
  @IsOptional() @IsString() @Length(3, 100) type?: string;
}

export class ReplayPath {
  @IsUUID() replayId!: string;
}

/** A replay in one service. Counts are of parked events. */
export class ServiceReplay {
  replayId!: string;
  service!: string;
  by!: string;
  why!: string;
  type?: string;
  /** The one event that was named, as the list of parked events names it; absent for a replay in bulk. */
  event?: string;
  /** running or done. */
  state!: string;
  /** What waited when it began; what is parked later is not part of it. */
  total!: number;
  /** Of those, how many were tried, or need it no more. */
  done!: number;
  /** Of those that were tried, how many wait still. */
  stillWaiting!: number;
  startedAt!: string;
  finishedAt?: string;
}

/** A replay over services. */
export class ReplayView {
  replayId!: string;
  /** running, or done: once every service has answered, and all that are part of it are done. */
  state!: string;
  total!: number;
  done!: number;
  stillWaiting!: number;
  services!: ServiceReplay[];
  /** Services that did not answer. To begin there, too, ask again with the same Idempotency-Key. */
  unreachable?: string[];
}

export class ReplayPage {
  items!: ServiceReplay[];
  next?: string;
  unreachable?: string[];
}

/** Tries all that waits again, in every service, in the background. */
@Controller('api/ops/parked')
@Allow(['it'], 'district')
export class ReplaysController {
  /** 503 when no service could be asked. */
  @Post('replay')
  @Returns(202, ReplayView, 'Begins to try everything that waits again; the reason is kept')
  async begin(
    @Body() { why, service, type }: ReplayRequest,
    @Headers('authorization') authorization: string,
    @Idempotent() { id: replayId }: Command,
  ): Promise<ReplayView> {
    const post = { replayId, why, ...(type && { type }) };
    const asked = service ? [service] : upstreams;
    const answers = await askAll(asked, 'ops/parked/replay', { authorization, post });
    const view = together(replayId, answers);
    if (view.services.length === 0)
      throw unavailable(`No answer from ${asked.join(', ')}: nothing was begun.`);
    return view;
  }

  @Get('replays')
  @Returns(
    200,
    ReplayPage,
    'Who had what tried again, why, and with what result: by service, the newest first',
  )
  list(
    @Query() { limit, cursor }: PageQuery,
    @Headers('authorization') authorization: string,
  ): Promise<ReplayPage> {
    return gather<ServiceReplay>(upstreams, 'ops/parked/replays', { limit, cursor }, authorization);
  }

  @Get('replays/:replayId')
  @Returns(200, ReplayView, 'How far a replay is, in each service')
  async read(
    @Param() { replayId }: ReplayPath,
    @Headers('authorization') authorization: string,
  ): Promise<ReplayView> {
    const answers = await askAll(upstreams, `ops/parked/replays/${replayId}`, { authorization });
    // A service that was not part of it knows nothing of it.
    const view = together(
      replayId,
      answers.filter(({ answer }) => answer?.status !== 404),
    );
    if (view.services.length > 0) return view;
    if (view.unreachable) throw unavailable(`No answer from ${view.unreachable.join(', ')}.`);
    throw new Unknown('replay');
  }
}

interface Answered {
  service: Upstream;
  answer: Answer | undefined;
}

async function askAll(
  services: readonly Upstream[],
  path: string,
  how: { authorization: string; post?: unknown },
): Promise<Answered[]> {
  return Promise.all(
    services.map(async (service) => ({
      service,
      answer: await ask(service, `/api/${service}/${path}`, how).catch(() => undefined),
    })),
  );
}

function together(replayId: string, answers: Answered[]): ReplayView {
  const reached = answers.filter(({ answer }) => answer !== undefined && answer.status !== 503);
  const unreachable = answers.filter((one) => !reached.includes(one)).map(({ service }) => service);
  const services = reached.map(({ answer }) => passedBack<ServiceReplay>(answer!));
  const sum = (name: 'total' | 'done' | 'stillWaiting') =>
    services.reduce((total, one) => total + one[name], 0);
  return {
    replayId,
    state: unreachable.length === 0 && services.every(({ state }) => state === 'done') ? 'done' : 'running',
    total: sum('total'),
    done: sum('done'),
    stillWaiting: sum('stillWaiting'),
    services,
    ...(unreachable.length > 0 && { unreachable }),
  };
}

import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query } from '@nestjs/common';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { Allow, PageQuery, Problem, Returns, invalid } from '#platform';
import { ask, upstreams } from '../upstreams.js';
import type { Answer, Upstream } from '../upstreams.js';

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
  async list(
    @Query() { limit, cursor, discarded }: ParkedQuery,
    @Headers('authorization') authorization: string,
  ): Promise<ParkedPage> {
    const items: ParkedItem[] = [];
    const unreachable: string[] = [];
    let at: { service: Upstream; cursor?: string } | undefined = cursor
      ? placeOf(cursor)
      : { service: upstreams[0]! };
    while (at && items.length < limit) {
      const page = await parkedOf(at.service, limit - items.length, at.cursor, authorization, discarded);
      if (!page) unreachable.push(at.service);
      items.push(...(page?.items ?? []));
      at = page?.next ? { service: at.service, cursor: page.next } : after(at.service);
    }
    return { items, ...(at && { next: nameOf(at) }), ...(unreachable.length > 0 && { unreachable }) };
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

/** A page of one service's parked events; undefined when it does not answer. */
export async function parkedOf(
  service: Upstream,
  limit: number,
  cursor: string | undefined,
  authorization: string,
  discarded?: ParkedQuery['discarded'],
): Promise<ParkedPage | undefined> {
  const query = new URLSearchParams({
    limit: String(Math.min(limit, 200)),
    ...(cursor && { cursor }),
    ...(discarded && { discarded }),
  });
  const answer = await ask(service, `/api/${service}/ops/parked?${query.toString()}`, {
    authorization,
  }).catch(() => undefined);
  return answer && passedBack<ParkedPage>(answer);
}

/** The body of a good answer; a service's problem is the caller's. */
export function passedBack<T>({ status, body }: Answer): T {
  if (status < 300) return body as T;
  const { title, detail, errors } = (body ?? {}) as { title?: string; detail?: string; errors?: [] };
  throw new Problem(status, title, { ...(detail && { detail }), ...(errors && { errors }) });
}

export function away(error: Error): never {
  throw new Problem(503, undefined, { detail: error.message, headers: { 'retry-after': '1' } });
}

function after(service: Upstream): { service: Upstream } | undefined {
  const next = upstreams[upstreams.indexOf(service) + 1];
  return next && { service: next };
}

const nameOf = ({ service, cursor = '' }: { service: Upstream; cursor?: string }): string =>
  `${service}~${cursor}`;

function placeOf(cursor: string): { service: Upstream; cursor?: string } {
  const [name = '', ...rest] = cursor.split('~');
  const service = upstreams.find((one) => one === name);
  if (!service) throw invalid('cursor', 'cursor', 'cursor must be the next of an earlier page.');
  const inner = rest.join('~');
  return { service, ...(inner && { cursor: inner }) };
}

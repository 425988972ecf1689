import { Problem, invalid } from '#platform';
import { ask } from '../upstreams.js';
import type { Answer, Upstream } from '../upstreams.js';

/** A page of one list over several services. */
export interface Gathered<T> {
  items: T[];
  next?: string;
  /** Services that did not answer: what they have is not in this list. */
  unreachable?: string[];
}

type Query = Record<string, string | number | undefined>;

interface Place {
  service: Upstream;
  cursor?: string;
}

/** One list of several services, service after service; `cursor` goes on within one, or with the next. */
export async function gather<T>(
  services: readonly Upstream[],
  path: string,
  { limit, cursor, ...query }: { limit: number; cursor?: string } & Query,
  authorization: string,
): Promise<Gathered<T>> {
  const items: T[] = [];
  const unreachable: string[] = [];
  let at: Place | undefined = cursor ? placeOf(services, cursor) : { service: services[0]! };
  while (at && items.length < limit) {
    const asked: Query = { ...query, limit: limit - items.length, cursor: at.cursor };
    const page: Gathered<T> | undefined = await pageOf<T>(at.service, path, asked, authorization);
    if (!page) unreachable.push(at.service);
    items.push(...(page?.items ?? []));
    at = page?.next ? { service: at.service, cursor: page.next } : after(services, at.service);
  }
  return { items, ...(at && { next: nameOf(at) }), ...(unreachable.length > 0 && { unreachable }) };
}

/** Undefined when it does not answer. */
async function pageOf<T>(
  service: Upstream,
  path: string,
  query: Query,
  authorization: string,
): Promise<Gathered<T> | undefined> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  const answer = await ask(service, `/api/${service}/${path}?${search.toString()}`, { authorization }).catch(
    () => undefined,
  );
  return answer && passedBack<Gathered<T>>(answer);
}

/** The body of a good answer; a service's problem is the caller's. */
export function passedBack<T>({ status, body, retryAfter }: Answer): T {
  if (status < 300) return body as T;
  const { title, detail, errors, type: _type, status: _status, ...more } = (body ?? {}) as ProblemBody;
  throw new Problem(status, title, {
    ...(detail && { detail }),
    ...(errors && { errors }),
    ...(retryAfter && { headers: { 'retry-after': retryAfter } }),
    more,
  });
}

interface ProblemBody {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  errors?: [];
}

export function away(error: Error): never {
  throw new Problem(503, undefined, { detail: error.message, headers: { 'retry-after': '1' } });
}

function after(services: readonly Upstream[], service: Upstream): Place | undefined {
  const next = services[services.indexOf(service) + 1];
  return next && { service: next };
}

const nameOf = ({ service, cursor = '' }: Place): string => `${service}~${cursor}`;

function placeOf(services: readonly Upstream[], cursor: string): Place {
  const [name = '', ...rest] = cursor.split('~');
  const service = services.find((one) => one === name);
  if (!service) throw invalid('cursor', 'cursor', 'cursor must be the next of an earlier page.');
  const inner = rest.join('~');
  return { service, ...(inner && { cursor: inner }) };
}

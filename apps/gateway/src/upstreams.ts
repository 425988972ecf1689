import { defaultPorts, portOf } from '#platform';
import type { ServiceName } from '#platform';

/** A service behind the gateway. */
export type Upstream = Exclude<ServiceName, 'gateway'>;

export const upstreams = Object.keys(defaultPorts).filter((name): name is Upstream => name !== 'gateway');
export const origins = ['intake', 'student-voice', 'family-council'] as const satisfies readonly Upstream[];

/** Where a service is: HEARBACK_URL_<SERVICE>, else its port on this machine. */
export function urlOf(service: Upstream, env: NodeJS.ProcessEnv = process.env): string {
  const given = env[`HEARBACK_URL_${service.replace('-', '_').toUpperCase()}`];
  return given ? given.replace(/\/+$/, '') : `http://127.0.0.1:${portOf(service, env)}`;
}

/** A call was not answered in time, or nobody listens. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** What a service answered, JSON read. */
export interface Answer {
  status: number;
  body: unknown;
  /** Of its Retry-After header. */
  retryAfter?: string;
}

/** Asks a service on behalf of a caller. @throws Unreachable within `deadlineMs`. */
export async function ask(
  service: Upstream,
  path: string,
  {
    authorization,
    post,
    deadlineMs = 10_000,
  }: { authorization?: string; post?: unknown; deadlineMs?: number } = {},
): Promise<Answer> {
  try {
    const response = await fetch(`${urlOf(service)}${path}`, {
      method: post === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/json',
        ...(authorization && { authorization }),
        ...(post !== undefined && { 'content-type': 'application/json' }),
      },
      ...(post !== undefined && { body: JSON.stringify(post) }),
      signal: AbortSignal.timeout(deadlineMs),
    });
    const text = await response.text();
    const retryAfter = response.headers.get('retry-after');
    return {
      status: response.status,
      body: text ? JSON.parse(text) : undefined,
      ...(retryAfter && { retryAfter }),
    };
  } catch (error) {
    throw new Unreachable(
      `${service} does not answer (${error instanceof Error ? error.message : String(error)})`,
    );
  }
}

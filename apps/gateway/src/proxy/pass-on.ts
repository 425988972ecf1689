import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import httpProxy from '@fastify/http-proxy';
import type { FastifyHttpProxyOptions } from '@fastify/http-proxy';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem, config, problemOf, unavailable } from '#platform';
import { upstreams, urlOf } from '../upstreams.js';

/** Services have limits of their own; this one only keeps what no service takes from being sent on. In bytes. */
const largestBody = 210 * 2 ** 20;
/** What every service takes of JSON, in bytes. */
const largestJson = 256 * 1024;
const deadlineMs = 30_000;

/** Passes /api/SERVICE/… on as it came, files streamed. What a service answers goes back as it is. */
export async function passOn(gateway: FastifyInstance): Promise<void> {
  for (const service of upstreams) {
    const prefix = `/api/${service}`;
    await gateway.register(async (scope) => {
      readNothing(scope);
      // Nest's filter does not reach routes that it did not make.
      scope.setErrorHandler((error, _request, reply) => refused(reply, problemOf(error)));
      await scope.register(httpProxy, optionsFor(prefix, urlOf(service), service));
    });
  }
}

/**
 * The parsers of the gateway's own routes would take bodies apart; here they go on as they are. JSON is gathered first:
 * a service refuses one that is too large in the middle of it, which would cost the caller the answer, and the next
 * caller the connection to that service.
 */
function readNothing(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer', bodyLimit: largestJson },
    (_request, body, done) => done(null, Readable.from([body], { objectMode: false })),
  );
  scope.addContentTypeParser('*', (_request, body, done) => done(null, body));
}

function optionsFor(prefix: string, upstream: string, service: string): FastifyHttpProxyOptions {
  return {
    prefix,
    rewritePrefix: prefix,
    upstream,
    proxyPayloads: false,
    httpMethods: ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'],
    undici: {
      connections: 64,
      pipelining: 1,
      headersTimeout: deadlineMs,
      bodyTimeout: deadlineMs,
      connectTimeout: 2_000,
    },
    preHandler: (request, _reply, done) => {
      done(Number(request.headers['content-length'] ?? 0) > largestBody ? tooLarge() : undefined);
    },
    replyOptions: {
      rewriteRequestHeaders: (request, headers) => forwarded(request as FastifyRequest, headers),
      rewriteHeaders: answered,
      onError: (reply, { error }) => unanswered(reply as unknown as FastifyReply, service, error),
    },
  };
}

/** The host that the caller named travels along (it tells the district); cookies end here. */
function forwarded(request: FastifyRequest, headers: Record<string, unknown>): Record<string, string> {
  // `Expect: 100-continue` has been answered here already.
  const { cookie: _cookie, expect: _expect, ...rest } = headers as Record<string, string>;
  return {
    ...rest,
    'x-forwarded-host': request.headers.host ?? '',
    'x-forwarded-for': clientAddress(request, config().trustProxy),
    'x-forwarded-proto': request.protocol,
  };
}

/**
 * How the service keeps its connection to the gateway is nothing to the caller. Passed on, it would hold the caller's
 * own open while the gateway stops.
 */
function answered(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { connection: _connection, 'keep-alive': _keepAlive, ...rest } = headers;
  return rest;
}

/**
 * Who calls, so that services count callers and not a proxy. Of X-Forwarded-For only the last address was written by
 * the proxy that is known to stand in front; whatever precedes it anybody may have sent.
 */
export function clientAddress(request: Pick<FastifyRequest, 'ip' | 'headers'>, behindProxy: boolean): string {
  const header = request.headers['x-forwarded-for'];
  const last = behindProxy ? [header].flat().at(-1)?.split(',').at(-1)?.trim() : undefined;
  return last && isIP(last) ? last : request.ip;
}

function unanswered(reply: FastifyReply, service: string, error: Error): void {
  const late = /timeout/i.test(`${error.name} ${error.message}`);
  const detail = late
    ? `${service} did not answer in time.`
    : `${service} is not there right now; try again in a moment.`;
  refused(reply, unavailable(detail));
}

function refused(reply: FastifyReply, problem: Problem): void {
  const { status, extras } = problem;
  void reply
    .code(status)
    .headers(extras.headers ?? {})
    .type('application/problem+json')
    .send(problem.body());
}

function tooLarge(): Problem {
  return new Problem(413, undefined, { detail: `At most ${largestBody / 2 ** 20} MB in one request.` });
}

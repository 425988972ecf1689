import type { FastifyInstance, FastifyReply } from 'fastify';
import { config } from '../config.js';
import type { Problem } from './problem.js';
import { unavailable } from './problem.js';

/**
 * Bounds the requests that a service has in hand, in number (`HEARBACK_IN_FLIGHT`) and in time. With the database slow
 * or away they would pile up in memory, each waiting only to be late; so they are told when to come back. One timer
 * looks after all of them: Fastify's own deadline makes an AbortController a request, a twentieth of its whole cost.
 */
export function limitInFlight(app: FastifyInstance, deadlineMs: number): void {
  const { inFlight } = config();
  /** Oldest first, by when they came. */
  const inHand = new Map<FastifyReply, number>();
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    timer = undefined;
    const late = Date.now() - deadlineMs;
    for (const [reply, cameAt] of inHand) {
      if (cameAt > late) break;
      inHand.delete(reply);
      if (!reply.sent) refuse(reply, tooLate());
    }
    if (inHand.size > 0) timer = setTimeout(look, deadlineMs / 10).unref();
  };
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/health')) return;
    if (inHand.size >= inFlight)
      throw unavailable('Too much is being done right now. Send the same request again.');
    inHand.set(reply, Date.now());
    timer ??= setTimeout(look, deadlineMs / 10).unref();
    // Also when the caller hangs up, which no hook of Fastify tells.
    reply.raw.once('close', () => inHand.delete(reply));
  });
}

function tooLate(): Problem {
  return unavailable(
    'This took too long, and may have been done all the same. Send the same request again, with the same Idempotency-Key.',
  );
}

function refuse(reply: FastifyReply, problem: Problem): void {
  void reply
    .code(problem.status)
    .headers(problem.extras.headers ?? {})
    .type('application/problem+json')
    .send(problem.body());
}

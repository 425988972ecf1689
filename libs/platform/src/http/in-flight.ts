import type { FastifyInstance } from 'fastify';
import { config } from '../config.js';
import { unavailable } from './problem.js';

/**
 * Bounds the requests that a service has in hand: with the database slow or away they would pile up in memory, and each
 * would wait only to be late. Those above `HEARBACK_IN_FLIGHT` are told at once when to come back.
 */
export function limitInFlight(app: FastifyInstance): void {
  const { inFlight } = config();
  let inHand = 0;
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/health')) return;
    if (inHand >= inFlight)
      throw unavailable('Too much is being done right now. Send the same request again.');
    inHand += 1;
    // Also when the caller hangs up, which no hook of Fastify tells.
    reply.raw.once('close', () => (inHand -= 1));
  });
}

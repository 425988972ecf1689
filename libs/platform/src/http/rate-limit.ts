import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { config } from '../config.js';
import { Problem } from './problem.js';

/**
 * Two limits a caller and minute in each instance: writes (`HEARBACK_RATE`) and all requests (ten times that).
 * A school behind one address is many people, so the default is generous; tokens are counted by token.
 */
export function limitRates(app: FastifyInstance, behindProxy: boolean): void {
  const { rate } = config();
  if (rate === 0) return;
  const writes = new RateLimiterMemory({ points: rate, duration: 60, keyPrefix: 'write' });
  const requests = new RateLimiterMemory({ points: rate * 10, duration: 60, keyPrefix: 'all' });
  app.addHook('onRequest', async (request) => {
    if (request.url.startsWith('/health')) return;
    const caller = callerKey(request, behindProxy);
    await take(requests, caller);
    if (request.method !== 'GET' && request.method !== 'HEAD') await take(writes, caller);
  });
}

async function take(limiter: RateLimiterMemory, caller: string): Promise<void> {
  try {
    await limiter.consume(caller);
  } catch (refused) {
    const seconds = refused instanceof RateLimiterRes ? Math.ceil(refused.msBeforeNext / 1000) : 60;
    throw new Problem(429, undefined, {
      detail: `Too many requests from here; try again in ${seconds} s.`,
      headers: { 'retry-after': String(seconds) },
    });
  }
}

/** A token, or the address: of the proxy's client only where a proxy is known to stand in front. */
function callerKey(request: FastifyRequest, behindProxy: boolean): string {
  const { authorization } = request.headers;
  if (authorization?.startsWith('Bearer ')) return authorization.slice(-64);
  const forwarded = request.headers['x-forwarded-for'];
  return behindProxy && typeof forwarded === 'string' ? forwarded.split(',').at(-1)!.trim() : request.ip;
}

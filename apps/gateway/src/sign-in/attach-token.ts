import type { FastifyInstance } from 'fastify';
import { Problem, config } from '#platform';
import { sessionCookie } from './cookies.js';
import { isSameOrigin, isUnsafe } from './same-origin.js';
import type { Sessions } from './sessions.js';

/**
 * Gives a browser's API request the bearer token of its session, here and in what is passed on. An Authorization that
 * the caller wrote (a receipt, a token) always stands. A request that changes something on the strength of a cookie
 * alone must come from a page of this site.
 */
export function attachTokens(gateway: FastifyInstance, sessions: Sessions): void {
  gateway.addHook('onRequest', async (request) => {
    if (request.headers.authorization !== undefined || !request.url.startsWith('/api/')) return;
    const cookie = request.cookies[sessionCookie()];
    if (!cookie) return;
    const token = await sessions.accessToken(cookie);
    if (!token) return;
    if (isUnsafe(request.method) && !isSameOrigin(request.headers, config().publicUrl)) {
      throw new Problem(403, undefined, {
        detail: 'Signed-in requests that change something must come from a page of this site.',
      });
    }
    request.headers.authorization = `Bearer ${token}`;
  });
}

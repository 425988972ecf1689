import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

const current = new AsyncLocalStorage<string>();

/** The W3C traceparent of the request or event being handled; a new one where nothing began it. */
export function traceparent(): string {
  return current.getStore() ?? newTrace();
}

/** Runs something as part of a trace. */
export function withTrace<T>(parent: string | undefined, run: () => T): T {
  return parent && /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(parent)
    ? current.run(parent, run)
    : run();
}

/** Every request belongs to a trace: the caller's, or one of its own; what it causes carries it on. */
export function traceRequests(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const parent = request.headers['traceparent'];
    withTrace(typeof parent === 'string' ? parent : newTrace(), done);
  });
}

function newTrace(): string {
  // A UUID's bits are drawn in bulk: five times cheaper than bytes of its own, and every request has one.
  const hex = randomUUID().replaceAll('-', '');
  return `00-${hex}-${hex.slice(16)}-01`;
}

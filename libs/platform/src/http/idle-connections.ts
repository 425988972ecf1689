import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** How long a connection that was opened just now may still begin to ask, in ms. */
const graceMs = 500;
const everyMs = 100;

/**
 * Lets go, while a service stops, of the connections that nobody waits on. Fastify does so once, when stopping begins;
 * two kinds would keep it from ending then: connections whose last reply comes later, and those on which nothing was
 * ever asked, as browsers and proxies open in advance, which Node takes for busy until their headers are a minute late.
 */
export function closeIdleConnections(app: FastifyInstance): void {
  const { server } = app;
  const silent = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.on('request', ({ socket }) => silent.delete(socket));
  app.addHook('preClose', (done) => {
    const begun = Date.now();
    const timer = setInterval(() => {
      server.closeIdleConnections();
      if (Date.now() - begun >= graceMs) for (const socket of silent) socket.destroy();
    }, everyMs).unref();
    server.once('close', () => clearInterval(timer));
    done();
  });
}

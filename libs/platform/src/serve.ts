import 'reflect-metadata';
import { Module } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import type { CustomStrategy } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AllowanceGuard } from './auth/guard.js';
import { config, portOf } from './config.js';
import type { ServiceName } from './config.js';
import { Health } from './health.js';
import { closeIdleConnections } from './http/idle-connections.js';
import { limitInFlight } from './http/in-flight.js';
import { readJsonOnly } from './http/json-body.js';
import { unavailable } from './http/problem.js';
import { ProblemFilter, problemOf } from './http/problem.filter.js';
import { limitRates } from './http/rate-limit.js';
import { requestValidation } from './http/validation.js';
import { NestLog, createLog } from './logging.js';
import { publishOpenApi } from './openapi.js';
import { PlatformModule } from './platform.module.js';
import { stopOnSignals } from './stop.js';
import { RethrowFilter } from './rethrow.filter.js';
import { traceRequests } from './trace.js';
import { TRANSPORT } from './transport.js';

export interface ServiceDefinition {
  name: ServiceName;
  module: Type<unknown>;
  /** Changes the Fastify application before it listens, for what Nest has no word for (the gateway's proxy). */
  prepare?: (app: NestFastifyApplication) => Promise<void>;
  /** The largest body taken, in bytes. */
  bodyLimit?: number;
  /** Within how many ms every request is answered, if only with 503. */
  deadlineMs?: number;
}

/**
 * Starts one service and resolves once it is listening and its consumer has joined.
 * A service that cannot start says why in one line and exits with 1.
 */
export async function serve(definition: ServiceDefinition): Promise<NestFastifyApplication> {
  try {
    const app = await createService(definition);
    await app.listen(portOf(definition.name), config().host);
    createLog(definition.name).info(`ready on ${await app.getUrl()}`);
    stopOnSignals(app);
    return app;
  } catch (error) {
    process.stderr.write(`${definition.name}: ${startFailure(error, portOf(definition.name))}\n`);
    process.exit(1);
  }
}

/** The application, initialised and consuming, but not yet listening; tests listen on a port of their own. */
export async function createService(definition: ServiceDefinition): Promise<NestFastifyApplication> {
  const { name, module } = definition;
  @Module({ imports: [PlatformModule.for(name), module] })
  class ServiceModule {}

  const adapter = new FastifyAdapter({
    bodyLimit: definition.bodyLimit ?? 256 * 1024,
    requestTimeout: 30_000,
    forceCloseConnections: 'idle',
    trustProxy: false,
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    routerOptions: { maxParamLength: 300 },
    frameworkErrors: tellUnreadable,
    // Refused by refuseWhileAway, which says when to come back.
    return503OnClosing: false,
  });
  const app = await NestFactory.create<NestFastifyApplication>(ServiceModule, adapter, {
    logger: new NestLog(createLog(name)),
    abortOnError: false,
    bodyParser: name === 'gateway',
  });
  // The gateway passes bodies on as they came.
  if (name !== 'gateway') readJsonOnly(adapter.getInstance() as Parameters<typeof readJsonOnly>[0]);
  closeIdleConnections(adapter.getInstance() as FastifyInstance);
  limitInFlight(adapter.getInstance() as FastifyInstance, definition.deadlineMs ?? 15_000);
  traceRequests(adapter.getInstance() as Parameters<typeof traceRequests>[0]);
  // Services stand behind the gateway; the gateway behind a proxy only where it is told so.
  limitRates(
    adapter.getInstance() as Parameters<typeof limitRates>[0],
    name !== 'gateway' || config().trustProxy,
  );
  app.setGlobalPrefix(name === 'gateway' ? '' : `api/${name}`, { exclude: ['health/live', 'health/ready'] });
  app.useGlobalPipes(requestValidation());
  app.useGlobalFilters(new ProblemFilter());
  app.useGlobalGuards(new AllowanceGuard(app.get(Reflector)));
  publishOpenApi(app, name);
  if (name !== 'gateway') refuseWhileAway(adapter.getInstance() as FastifyInstance, app.get(Health));
  await definition.prepare?.(app);
  const strategy = transportOf(app);
  if (strategy) {
    const consumer = app.connectMicroservice<CustomStrategy>(
      { strategy },
      { inheritAppConfig: false, deferInitialization: true },
    );
    // Nest's default filter would swallow the reason of a failure; parking needs it.
    consumer.useGlobalFilters(new RethrowFilter());
    await app.startAllMicroservices();
  }
  await app.init();
  await adapter.getInstance().ready();
  return app;
}

/** An address that cannot be read has no route, so Nest's filter never sees it. */
function tellUnreadable(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf(error);
  void reply.code(problem.status).type('application/problem+json').send(problem.body());
}

/** While the service stops or its database is away, every caller is told at once to come back, not after a time-out. */
function refuseWhileAway(fastify: FastifyInstance, health: Health): void {
  let stopping = false;
  fastify.addHook('preClose', (done) => {
    stopping = true;
    done();
  });
  fastify.addHook('onRequest', async (request) => {
    if (!request.url.startsWith('/api/')) return;
    if (stopping) throw unavailable('This service is stopping; another takes over in a moment.');
    const trouble = await health.trouble('mongo');
    if (trouble) throw unavailable(`${trouble}: nothing can be kept right now. Send the same request again.`);
  });
}

function transportOf(app: NestFastifyApplication): CustomStrategy['strategy'] | undefined {
  try {
    return app.get<CustomStrategy['strategy']>(TRANSPORT, { strict: false });
  } catch {
    return undefined;
  }
}

function startFailure(error: unknown, port: number): string {
  const { code, message } = error as { code?: string; message?: string };
  if (code === 'EADDRINUSE') return `port ${port} is in use: stop what uses it, or choose another port`;
  return message ?? String(error);
}

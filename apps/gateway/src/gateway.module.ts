import cookie from '@fastify/cookie';
import { Module } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { TRANSPORT } from '#platform';
import { ApiIndexController } from './api-index.js';
import { ServicesReady } from './health/services-ready.js';
import { secureHeaders } from './console/security-headers.js';
import { serveConsole } from './console/serve-console.js';
import { MeController } from './me/me.js';
import { DeliveriesController } from './ops/deliveries.js';
import { ParkedController } from './ops/parked.js';
import { LaggingStore } from './ops/reconciliation/lagging.store.js';
import { Reconciler } from './ops/reconciliation/reconciler.js';
import { ReconciliationController } from './ops/reconciliation/reconciliation.controller.js';
import { RunStore } from './ops/reconciliation/runs.store.js';
import { ReconcileSchedule } from './ops/reconciliation/schedule.js';
import { ReplaysController } from './ops/replays.js';
import { passOn } from './proxy/pass-on.js';
import { attachTokens } from './sign-in/attach-token.js';
import { Issuer } from './sign-in/issuer.js';
import { Sessions } from './sign-in/sessions.js';
import { SignInController } from './sign-in/sign-in.js';

/** The one address: the console's files, browser sign-in, the way to each service, and what IT sees of all of them. */
@Module({
  controllers: [
    SignInController,
    MeController,
    ReplaysController,
    ParkedController,
    DeliveriesController,
    ReconciliationController,
    ApiIndexController,
  ],
  // It reads and publishes no events: there is no transport to start.
  providers: [
    Issuer,
    Sessions,
    ServicesReady,
    RunStore,
    LaggingStore,
    Reconciler,
    ReconcileSchedule,
    { provide: TRANSPORT, useValue: null },
  ],
})
export class GatewayModule implements OnModuleInit {
  constructor(
    private readonly http: HttpAdapterHost,
    private readonly sessions: Sessions,
  ) {}

  /** What Nest has no word for, in the order in which a request meets it. */
  async onModuleInit(): Promise<void> {
    const gateway = this.http.httpAdapter.getInstance<FastifyInstance>();
    await gateway.register(cookie);
    secureHeaders(gateway);
    attachTokens(gateway, this.sessions);
    await passOn(gateway);
    await serveConsole(gateway);
  }
}

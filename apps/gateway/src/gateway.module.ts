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
import { ParkedController } from './ops/parked.js';
import { ReconciliationController } from './ops/reconciliation.js';
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
    ParkedController,
    ReconciliationController,
    ApiIndexController,
  ],
  // It reads and publishes no events: there is no transport to start.
  providers: [Issuer, Sessions, ServicesReady, { provide: TRANSPORT, useValue: null }],
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

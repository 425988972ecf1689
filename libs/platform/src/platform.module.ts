import { Global, Inject, Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown } from '@nestjs/common';
import type { Connection } from 'mongoose';
import { Health, HealthController } from './health.js';
import { Mailer } from './mail/mailer.js';
import { DATABASE, connectDatabase } from './mongo/database.js';
import { SERVICE } from './transport.js';

const CONNECTION = Symbol('CONNECTION');

/** What every service has: its database, health, mail. Closed after the transport, so that a last batch can be written. */
@Global()
@Module({})
export class PlatformModule implements OnApplicationShutdown {
  constructor(
    @Inject(CONNECTION) private readonly database: Awaited<ReturnType<typeof connectDatabase>>,
    health: Health,
  ) {
    const connection: Connection = database.connection;
    health.add('mongo', () => (connection.readyState === 1 ? undefined : 'MongoDB is not connected'));
  }

  static for(service: string): DynamicModule {
    return {
      module: PlatformModule,
      controllers: [HealthController],
      providers: [
        Health,
        Mailer,
        { provide: SERVICE, useValue: service },
        { provide: CONNECTION, useFactory: () => connectDatabase(service) },
        {
          provide: DATABASE,
          inject: [CONNECTION],
          useFactory: (c: Awaited<ReturnType<typeof connectDatabase>>) => c.db,
        },
      ],
      exports: [Health, Mailer, SERVICE, DATABASE],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.database.connection.close();
  }
}

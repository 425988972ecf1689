import multipart from '@fastify/multipart';
import { Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { MessagingModule } from '#messaging';
import { ApplyPlan } from './imports/apply-plan.js';
import { ImportStore } from './imports/import.store.js';
import { ReceiveImportController } from './imports/receive-import.js';
import { RunImports } from './imports/run-imports.js';
import { ShowImportController } from './imports/show-import.js';
import { ListOrgsController } from './orgs/list-orgs.js';
import { OrgStore } from './orgs/org.store.js';

/** Organisations, levels and enrolment counts. It publishes and reads nothing of others. */
@Module({
  imports: [
    MessagingModule.forService({ service: 'roster', stores: [OrgStore, ImportStore], reads: {}, topics: [] }),
  ],
  controllers: [ListOrgsController, ReceiveImportController, ShowImportController],
  providers: [ApplyPlan, RunImports],
})
export class RosterModule {
  constructor(http: HttpAdapterHost) {
    void http.httpAdapter.getInstance<FastifyInstance>().register(multipart);
  }
}

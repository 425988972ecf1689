import multipart from '@fastify/multipart';
import { Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { MessagingModule } from '#messaging';
import { Alerts } from './alerts/alerts.js';
import { CrosswalkStore } from './crosswalk/crosswalk.store.js';
import { LayCrosswalk } from './crosswalk/lay-crosswalk.js';
import { ManageCrosswalk } from './crosswalk/manage-crosswalk.js';
import { Chunks } from './generations/chunks.js';
import { CurrentGenerations } from './generations/current.js';
import { GenerationStore } from './generations/generation.store.js';
import { ReceiveGroupCountsController } from './groups/receive-group-counts.js';
import { ShowDenominatorsController } from './groups/show-denominators.js';
import { ApplyImport } from './imports/apply-import.js';
import { DecideImportController } from './imports/decide-import.js';
import { ImportDetails } from './imports/details.store.js';
import { ImportStore } from './imports/import.store.js';
import { ListDetailsController } from './imports/list-details.js';
import { ReceiveImportController } from './imports/receive-import.js';
import { RemoveOld } from './imports/remove-old.js';
import { RunImports } from './imports/run-imports.js';
import { ShowImportController } from './imports/show-import.js';
import { StageImport } from './imports/stage-import.js';
import { LinkNumbers } from './links/link-numbers.js';
import { LinksAgain } from './links/links-again.js';
import { TellLinks } from './links/tell-links.js';
import { ListOrgsController } from './orgs/list-orgs.js';
import { OrgLists } from './orgs/org-lists.js';
import { OrgStore } from './orgs/org.store.js';
import { ManageSources } from './sources/manage-sources.js';
import { RunSources } from './sources/run-sources.js';
import { SourceStore } from './sources/source.store.js';

/** Organisations, levels, people's roles and enrolment counts. It publishes, and reads nothing of others. */
@Module({
  imports: [
    MessagingModule.forService({ service: 'roster', stores: [OrgStore, ImportStore], reads: {}, topics: [] }),
  ],
  controllers: [
    ListOrgsController,
    ReceiveImportController,
    ShowImportController,
    ListDetailsController,
    DecideImportController,
    ManageSources,
    ManageCrosswalk,
    ReceiveGroupCountsController,
    ShowDenominatorsController,
  ],
  providers: [
    Chunks,
    GenerationStore,
    CurrentGenerations,
    OrgLists,
    ImportDetails,
    StageImport,
    CrosswalkStore,
    LayCrosswalk,
    LinkNumbers,
    LinksAgain,
    TellLinks,
    ApplyImport,
    RemoveOld,
    RunImports,
    SourceStore,
    Alerts,
    RunSources,
  ],
})
export class RosterModule {
  constructor(http: HttpAdapterHost) {
    void http.httpAdapter.getInstance<FastifyInstance>().register(multipart);
  }
}

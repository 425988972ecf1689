import { Module } from '@nestjs/common';
import { FollowOrganisations } from './follow-organisations.js';
import { OrganisationTree } from './organisation-tree.js';

/** The organisations in a service; it needs OrgStore among the service's stores and under reads.orgId. */
@Module({ controllers: [FollowOrganisations], providers: [OrganisationTree], exports: [OrganisationTree] })
export class OrganisationsModule {}

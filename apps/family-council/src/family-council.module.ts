import { Module } from '@nestjs/common';
import { MessagingModule } from '#messaging';
import { OrganisationsModule, OrgStore } from '#organisations';
import { Inputs, ListInputsController, followCaseGatherMs } from '#origin';
import { CarryConcernController } from './concerns/carry-concern.js';
import { ConcernClock } from './concerns/concern-clock.js';
import { ConcernStore } from './concerns/concern.store.js';
import { EraseConcernController } from './concerns/erase-concern.js';
import { FollowCase } from './concerns/follow-case.js';
import { ReportBackController } from './concerns/report-back.js';
import { TalkWithTeamController } from './concerns/talk-with-team.js';
import { ListFamiliesController } from './rounds/list-families.js';
import { LogContactController } from './rounds/log-contact.js';
import { OpenRoundController } from './rounds/open-round.js';
import { RoundStore } from './rounds/round.store.js';
import { ShowRoundsController } from './rounds/show-rounds.js';

/** The origin for representatives of families: reach out, gather, carry a concern in, report the answer back. */
@Module({
  imports: [
    OrganisationsModule,
    MessagingModule.forService({
      service: 'family-council',
      stores: [RoundStore, ConcernStore, OrgStore],
      reads: {
        inputId: { store: ConcernStore, only: (data) => data['origin'] === 'family-council' },
        orgId: OrgStore,
      },
      views: [OrgStore],
      topics: ['casework', 'roster'],
      gatherMs: followCaseGatherMs,
    }),
  ],
  controllers: [
    OpenRoundController,
    ShowRoundsController,
    ListFamiliesController,
    LogContactController,
    CarryConcernController,
    ReportBackController,
    TalkWithTeamController,
    EraseConcernController,
    ListInputsController,
    FollowCase,
    ConcernClock,
  ],
  providers: [{ provide: Inputs, useExisting: ConcernStore }],
})
export class FamilyCouncilModule {}

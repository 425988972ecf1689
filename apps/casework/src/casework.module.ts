import { Module } from '@nestjs/common';
import { MessagingModule } from '#messaging';
import { OrgStore, OrganisationsModule } from '#organisations';
import { AcknowledgeCase } from './cases/acknowledge-case.js';
import { AnswerCase } from './cases/answer-case.js';
import { AssignCase } from './cases/assign-case.js';
import { CaseStore } from './cases/case.store.js';
import { ChangeParticipation } from './cases/change-participation.js';
import { Desk } from './cases/desk.js';
import { FollowOrigin } from './cases/follow-origin.js';
import { NoteOnCase } from './cases/note-on-case.js';
import { OpenCase } from './cases/open-case.js';
import { ReadCase } from './cases/read-case.js';
import { ReadCases } from './cases/read-cases.js';
import { ReconcileInputs } from './cases/reconcile-inputs.js';
import { ReopenCase } from './cases/reopen-case.js';
import { TransferCase } from './cases/transfer-case.js';
import { WriteToOriginator } from './cases/write-to-originator.js';
import { DeliveriesController } from './clocks/deliveries.js';
import { RunClocks } from './clocks/run-clocks.js';
import { SendTeamMail } from './clocks/send-team-mail.js';
import { ManageRules } from './routing/manage-rules.js';
import { ManageTeams } from './routing/manage-teams.js';
import { RoutingSnapshot } from './routing/routing.snapshot.js';
import { RoutingStore } from './routing/routing.store.js';

/** Routes each input to a team, runs its clocks, and carries the team's words back. */
@Module({
  imports: [
    MessagingModule.forService({
      service: 'casework',
      stores: [CaseStore, OrgStore],
      reads: { inputId: CaseStore, orgId: OrgStore },
      views: [OrgStore],
      topics: ['intake', 'student-voice', 'family-council', 'roster'],
      keys: true,
    }),
    OrganisationsModule,
  ],
  controllers: [
    OpenCase,
    FollowOrigin,
    RunClocks,
    SendTeamMail,
    AcknowledgeCase,
    AssignCase,
    WriteToOriginator,
    NoteOnCase,
    TransferCase,
    ChangeParticipation,
    AnswerCase,
    ReopenCase,
    ReadCases,
    ReadCase,
    ManageTeams,
    ManageRules,
    ReconcileInputs,
    DeliveriesController,
  ],
  providers: [Desk, RoutingStore, RoutingSnapshot],
})
export class CaseworkModule {}

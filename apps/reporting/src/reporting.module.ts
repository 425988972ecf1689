import { Module } from '@nestjs/common';
import { MessagingModule } from '#messaging';
import { OrganisationsModule, OrgStore } from '#organisations';
import { FollowLoops } from './ledger/follow-loops.js';
import { RowStore } from './ledger/row.store.js';
import { KnownInputsController } from './ops/inputs.js';
import { ClosedLoopController } from './report/closed-loop.js';
import { LoopTraceController } from './report/loop-trace.js';
import { Recount } from './rollups/recount.js';
import { RollUpStore } from './rollups/rollup.store.js';

/** The ledger of every loop, from events alone, and the reports on it. */
@Module({
  imports: [
    MessagingModule.forService({
      service: 'reporting',
      stores: [RowStore, OrgStore],
      reads: { inputId: RowStore, orgId: OrgStore },
      views: [RowStore, OrgStore],
      topics: ['intake', 'student-voice', 'family-council', 'casework', 'roster'],
    }),
    OrganisationsModule,
  ],
  controllers: [FollowLoops, ClosedLoopController, LoopTraceController, KnownInputsController],
  providers: [RollUpStore, Recount],
})
export class ReportingModule {}

import { Module } from '@nestjs/common';
import { MessagingModule } from '#messaging';
import { OrgStore, OrganisationsModule } from '#organisations';
import { FollowCase, Inputs, LoopClock, followCaseGatherMs } from '#origin';
import { DeliverByMail } from './delivery/deliver-by-mail.js';
import { DeliveriesController } from './delivery/deliveries.js';
import { FormController } from './form/form.js';
import { InputStore } from './inputs/input.store.js';
import { RaiseInputController } from './inputs/raise-input.js';
import { ListInputsController } from './ops/list-inputs.js';
import { DescribeController } from './receipts/about-me.js';
import { EraseController } from './receipts/erase.js';
import { OpenReceiptController } from './receipts/open-receipt.js';
import { Receipts } from './receipts/receipts.js';
import { SettleController } from './receipts/settle.js';
import { WithdrawController } from './receipts/withdraw.js';
import { WriteMessageController } from './receipts/write-message.js';

@Module({
  imports: [
    MessagingModule.forService({
      service: 'intake',
      stores: [InputStore, OrgStore],
      reads: {
        inputId: { store: InputStore, only: (event: { origin?: unknown }) => event.origin === 'intake' },
        orgId: OrgStore,
      },
      views: [OrgStore],
      topics: ['casework', 'roster'],
      gatherMs: followCaseGatherMs,
    }),
    OrganisationsModule,
  ],
  controllers: [
    RaiseInputController,
    FormController,
    OpenReceiptController,
    WriteMessageController,
    SettleController,
    WithdrawController,
    DescribeController,
    EraseController,
    ListInputsController,
    DeliveriesController,
    FollowCase,
    LoopClock,
    DeliverByMail,
  ],
  providers: [Receipts, { provide: Inputs, useExisting: InputStore }],
})
export class IntakeModule {}

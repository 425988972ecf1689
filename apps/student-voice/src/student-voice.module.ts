import { Module } from '@nestjs/common';
import { MessagingModule } from '#messaging';
import { OrganisationsModule, OrgStore } from '#organisations';
import { FollowCase, Inputs, ListInputsController, LoopClock, followCaseGatherMs } from '#origin';
import { GiveResponseController } from './responses/give-response.js';
import { ResponseStore } from './responses/response.store.js';
import { IssueCodesController } from './sessions/issue-codes.js';
import { JoinSessionController } from './sessions/join-session.js';
import { OpenSessionController } from './sessions/open-session.js';
import { SessionStore } from './sessions/session.store.js';
import { ShowSessionsController } from './sessions/show-sessions.js';
import { CloseThemeController } from './themes/close-theme.js';
import { EraseThemeController } from './themes/erase-theme.js';
import { RaiseThemeController } from './themes/raise-theme.js';
import { ShowResultController } from './themes/show-result.js';
import { TalkWithTeamController } from './themes/talk-with-team.js';
import { ThemeStore } from './themes/theme.store.js';

/** The origin for students' sessions: questions, one response a code, themes, and the group's word on the answer. */
@Module({
  imports: [
    OrganisationsModule,
    MessagingModule.forService({
      service: 'student-voice',
      stores: [SessionStore, ResponseStore, ThemeStore, OrgStore],
      reads: {
        inputId: { store: ThemeStore, only: (data) => data['origin'] === 'student-voice' },
        orgId: OrgStore,
      },
      views: [OrgStore],
      topics: ['casework', 'roster'],
      gatherMs: followCaseGatherMs,
    }),
  ],
  controllers: [
    OpenSessionController,
    JoinSessionController,
    ShowSessionsController,
    IssueCodesController,
    GiveResponseController,
    RaiseThemeController,
    CloseThemeController,
    TalkWithTeamController,
    EraseThemeController,
    ShowResultController,
    ListInputsController,
    FollowCase,
    LoopClock,
  ],
  providers: [{ provide: Inputs, useExisting: ThemeStore }],
})
export class StudentVoiceModule {}

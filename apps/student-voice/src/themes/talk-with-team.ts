import { Body, Controller, Param, Post } from '@nestjs/common';
import { message, withdraw } from '#loop';
import { WithdrawInputRequest, WriteToTeamRequest, sealFor } from '#origin';
import { Allow, Caller, Idempotent, Returns } from '#platform';
import type { Command } from '#platform';
import { SessionStore } from '../sessions/session.store.js';
import { once } from './theme.js';
import { ThemeStore } from './theme.store.js';
import { ThemeView, viewTheme } from './theme-view.js';

/** The adviser speaks for the session: a theme has a thread like any input, and may be taken back until delivered. */
@Controller('sessions')
export class TalkWithTeamController {
  constructor(
    private readonly sessions: SessionStore,
    private readonly themes: ThemeStore,
  ) {}

  @Post(':id/messages')
  @Allow(['adviser'], 'own sessions')
  @Returns(201, ThemeView, 'Writes to the team about a theme; ends any waiting for the session.')
  async write(
    @Param('id') id: string,
    @Body() request: WriteToTeamRequest,
    @Caller() caller: Caller,
    @Idempotent() command: Command,
  ): Promise<ThemeView> {
    const { inputId, text, language } = request;
    const sealed = await this.sealed(caller, id, inputId, { text });
    const theme = await this.themes.change(caller.district, inputId, (state) =>
      once(state, command, (loop) => message(loop, { language, sealed }, new Date().toISOString())),
    );
    return viewTheme(theme);
  }

  @Post(':id/withdraw')
  @Allow(['adviser'], 'own sessions')
  @Returns(200, ThemeView, 'Takes a theme back; 409 once an answer is delivered.')
  async withdraw(
    @Param('id') id: string,
    @Body() request: WithdrawInputRequest,
    @Caller() caller: Caller,
    @Idempotent() command: Command,
  ): Promise<ThemeView> {
    const { inputId, why } = request;
    const sealed = await this.sealed(caller, id, inputId, { reason: why ?? '' });
    const theme = await this.themes.change(caller.district, inputId, (state) =>
      once(state, command, (loop) => withdraw(loop, why ? { sealed } : {}, new Date().toISOString())),
    );
    return viewTheme(theme);
  }

  /** For a theme of their own session. */
  private async sealed(caller: Caller, sessionId: string, inputId: string, words: object): Promise<string> {
    await this.sessions.own(caller, sessionId);
    return sealFor(await this.themes.named(caller.district, sessionId, inputId), words);
  }
}

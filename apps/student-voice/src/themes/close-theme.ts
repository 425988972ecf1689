import { Body, Controller, Param, Post } from '@nestjs/common';
import { GroupReply, sealFor } from '#origin';
import { Allow, Caller, Returns } from '#platform';
import { SessionStore } from '../sessions/session.store.js';
import { closeTheme } from './theme.js';
import { ThemeStore } from './theme.store.js';
import { ThemeView, viewTheme } from './theme-view.js';

@Controller('sessions')
export class CloseThemeController {
  constructor(
    private readonly sessions: SessionStore,
    private readonly themes: ThemeStore,
  ) {}

  @Post(':id/closure')
  @Allow(['adviser'], 'own sessions')
  @Returns(
    200,
    ThemeView,
    'Confirms or disputes an answer in numbers: with the quorum, yes > no confirms and no >= yes disputes.',
  )
  async close(
    @Param('id') id: string,
    @Body() request: GroupReply,
    @Caller() caller: Caller,
  ): Promise<ThemeView> {
    const { district } = caller;
    const { inputId, reason, ...numbers } = request;
    await this.sessions.own(caller, id);
    const named = await this.themes.named(district, id, inputId);
    const sealed = reason && sealFor(named, { reason });
    const theme = await this.themes.change(district, inputId, (state) =>
      closeTheme(state, { ...numbers, ...(sealed && { sealed }) }, new Date().toISOString()),
    );
    return viewTheme(theme);
  }
}

import { Body, Controller, Param, Post } from '@nestjs/common';
import { erase } from '#loop';
import { EraseInputRequest } from '#origin';
import { Allow, Caller, Returns } from '#platform';
import { SessionStore } from '../sessions/session.store.js';
import { ThemeStore } from './theme.store.js';
import { ThemeView, viewTheme } from './theme-view.js';

@Controller('sessions')
export class EraseThemeController {
  constructor(
    private readonly sessions: SessionStore,
    private readonly themes: ThemeStore,
  ) {}

  /**
   * Deletes the key of the theme's input: no word of it can ever be read again, in any service. The count stays. An
   * open loop is closed with it. Again: 200, and nothing changes. The responses that it was drawn from stay.
   */
  @Post(':id/erase')
  @Allow(['adviser'], 'own sessions')
  @Returns(200, ThemeView, 'Erases the words of a theme for good; its count stays.')
  async erase(
    @Param('id') id: string,
    @Body() { inputId }: EraseInputRequest,
    @Caller() caller: Caller,
  ): Promise<ThemeView> {
    await this.sessions.own(caller, id);
    await this.themes.named(caller.district, id, inputId);
    const theme = await this.themes.change(caller.district, inputId, ({ loop }) =>
      erase(loop, new Date().toISOString()),
    );
    return viewTheme(theme);
  }
}

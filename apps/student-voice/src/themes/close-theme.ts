import { Body, Controller, Param, Post } from '@nestjs/common';
import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { IsId } from '#contracts';
import { seal, unwrap } from '#messaging';
import { Allow, Caller, Returns } from '#platform';
import { SessionStore } from '../sessions/session.store.js';
import { closeTheme } from './theme.js';
import { ThemeStore } from './theme.store.js';
import { ThemeView, viewTheme } from './theme-view.js';

/** "Did this settle it?", asked of the group: people, who add up to the theme's voices. */
export class CloseThemeRequest {
  @IsId() inputId!: string;
  /** The newest answer: an older one is 409. */
  @IsInt() @Min(1) answerNo!: number;
  @IsInt() @Min(0) @Max(1_000_000) yes!: number;
  @IsInt() @Min(0) @Max(1_000_000) no!: number;
  @IsInt() @Min(0) @Max(1_000_000) noReply!: number;
  /** The words of those who said no; they always reach the team. */
  @IsOptional() @IsString() @Length(1, 5_000) reason?: string;
}

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
    @Body() request: CloseThemeRequest,
    @Caller() caller: Caller,
  ): Promise<ThemeView> {
    const { district } = caller;
    const { inputId, reason, ...numbers } = request;
    await this.sessions.own(caller, id);
    const { secret } = await this.themes.named(district, id, inputId);
    const sealed = reason && secret ? await seal(unwrap(secret), { reason }) : undefined;
    const theme = await this.themes.change(district, inputId, (state) =>
      closeTheme(state, { ...numbers, ...(sealed && { sealed }) }, new Date().toISOString()),
    );
    return viewTheme(theme);
  }
}

import { Body, Controller, Param, Post } from '@nestjs/common';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsOptional, IsString, Length } from 'class-validator';
import { HasWords, IsInstant, IsLanguageTag, kinds, topicIds } from '#contracts';
import type { Kind } from '#contracts';
import { newKey, seal } from '#messaging';
import { OrganisationTree } from '#organisations';
import { heardAtOf } from '#origin';
import { Allow, Caller, Idempotent, Returns, sameBody } from '#platform';
import type { Command } from '#platform';
import { MOST_CODES } from '../sessions/session.js';
import { SessionStore } from '../sessions/session.store.js';
import { raiseTheme, themeWords } from './theme.js';
import { ThemeStore } from './theme.store.js';

export class RaiseThemeRequest {
  @IsString() @Length(1, 200) @HasWords() title!: string;
  @IsString() @Length(1, 10_000) @HasWords() text!: string;
  /** One of the published topics. */
  @IsIn(topicIds) topic!: string;
  /** The responses that it was drawn from; the theme stands for as many voices as there are different ones. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_CODES)
  @IsString({ each: true })
  responseIds!: string[];
  /** A concern unless it says otherwise. */
  @IsOptional() @IsIn(kinds) kind?: Kind;
  /** Of title and text; English unless it says otherwise. */
  @IsOptional() @IsLanguageTag() language?: string;
  /** When the group said it, where it was noted on paper: at most 60 days back. */
  @IsOptional() @IsInstant() heardAt?: string;
}

export class ThemeRaisedResponse {
  inputId!: string;
}

@Controller('sessions')
export class RaiseThemeController {
  constructor(
    private readonly sessions: SessionStore,
    private readonly themes: ThemeStore,
    private readonly organisations: OrganisationTree,
  ) {}

  @Post(':id/themes')
  @Allow(['adviser'], 'own sessions')
  @Returns(
    201,
    ThemeRaisedResponse,
    'Raises what responses say together as one input that carries their voices.',
  )
  async raise(
    @Param('id') id: string,
    @Body() request: RaiseThemeRequest,
    @Caller() caller: Caller,
    @Idempotent() command: Command,
  ): Promise<ThemeRaisedResponse> {
    const { title, text, topic, kind = 'concern', language = 'en', responseIds } = request;
    const { district } = caller;
    const session = await this.sessions.own(caller, id);
    const inputId = command.id;
    const before = await this.themes.load(district, inputId);
    if (!before) await this.organisations.require(district, session.state.orgId);
    const { key, wrapped } = newKey();
    const sealed = seal(key, themeWords(title, text));
    const input = { inputId, topic, kind, language, ...heardAtOf(request), sealed };
    const drawn = { sessionId: id, responseIds, digest: command.digest, input };
    const theme =
      before ??
      (await this.themes.create(
        district,
        inputId,
        raiseTheme(session.state, drawn, new Date().toISOString()),
        {
          secret: wrapped,
        },
      ));
    sameBody(command, theme.state.digest);
    return { inputId };
  }
}

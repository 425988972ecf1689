import { Controller, Get, Param, Query } from '@nestjs/common';
import { IsIn, IsOptional } from 'class-validator';
import { Allow, Caller, PageQuery, Returns } from '#platform';
import { ResponseStore, ResponseView } from '../responses/response.store.js';
import { ThemeStore } from '../themes/theme.store.js';
import { ThemeView, viewTheme } from '../themes/theme-view.js';
import { SessionStore } from './session.store.js';

export class SessionsQuery extends PageQuery {
  /** An adviser sees their own sessions in any case. */
  @IsOptional() @IsIn(['true', 'false', '1', '0', '']) mine?: string;
}

export class SessionLine {
  sessionId!: string;
  title!: string;
  orgId!: string;
  opensAt!: string;
  closesAt!: string;
  codesIssued!: number;
  responses!: number;
  themes!: number;
}

export class SessionsResponse {
  items!: SessionLine[];
  next?: string;
}

export class SessionResponse {
  sessionId!: string;
  orgId!: string;
  title!: string;
  questions!: string[];
  opensAt!: string;
  closesAt!: string;
  anonymous!: boolean;
  codesIssued!: number;
  responses!: ResponseView[];
  themes!: ThemeView[];
}

@Controller('sessions')
export class ShowSessionsController {
  constructor(
    private readonly sessions: SessionStore,
    private readonly responses: ResponseStore,
    private readonly themes: ThemeStore,
  ) {}

  @Get()
  @Allow(['adviser'], 'own sessions')
  @Returns(200, SessionsResponse, 'The adviser’s own sessions, newest first.')
  async list(
    @Query() { limit, cursor }: SessionsQuery,
    @Caller() { district, sub }: Caller,
  ): Promise<SessionsResponse> {
    const where = { adviser: sub };
    const page = await this.sessions.list(district, { where, sort: { openedAt: -1 }, limit, cursor });
    const items = page.items.map(async ({ id, state }): Promise<SessionLine> => {
      const { title, orgId, opensAt, closesAt, codes, responses } = state;
      const themes = await this.themes.count(district, { sessionId: id });
      const counts = { codesIssued: codes.length, responses: responses.length, themes };
      return { sessionId: id, title, orgId, opensAt, closesAt, ...counts };
    });
    return { ...page, items: await Promise.all(items) };
  }

  @Get(':id')
  @Allow(['adviser'], 'own sessions')
  @Returns(200, SessionResponse, 'One session with its responses in words and its themes with their answers.')
  async show(@Param('id') id: string, @Caller() caller: Caller): Promise<SessionResponse> {
    const session = await this.sessions.own(caller, id);
    const { orgId, title, questions, opensAt, closesAt, anonymous, codes } = session.state;
    const themes = await this.themes.ofSession(caller.district, id);
    return {
      ...{ sessionId: id, orgId, title, questions, opensAt, closesAt, anonymous, codesIssued: codes.length },
      responses: await this.responses.read(caller.district, session),
      themes: await Promise.all(themes.map(viewTheme)),
    };
  }
}

import { Controller, Get, Param } from '@nestjs/common';
import { PickType } from '@nestjs/swagger';
import type { Outcome } from '#contracts';
import { open } from '#loop';
import { Allow, Caller, Returns } from '#platform';
import { SessionStore } from '../sessions/session.store.js';
import { ThemeStore } from './theme.store.js';
import { ThemeView, viewTheme } from './theme-view.js';

const shown = ['inputId', 'title', 'text', 'voices', 'state', 'answers'] as const;

export class ResultTheme extends PickType(ThemeView, shown) {}

export class ResultResponse {
  title!: string;
  themes!: ResultTheme[];
  /** One sentence for each theme of which something was done or planned, in the team's words. */
  whatChanged!: string[];
}

/** Outcomes after which something is, or will be, different. */
const changing: readonly Outcome[] = ['done', 'partly done', 'planned', 'matched'];

@Controller('sessions')
export class ShowResultController {
  constructor(
    private readonly sessions: SessionStore,
    private readonly themes: ThemeStore,
  ) {}

  @Get(':id/result')
  @Allow('session')
  @Returns(
    200,
    ResultResponse,
    'What came of the session: themes, answers, what changed. Opening it delivers the answers.',
  )
  async show(@Param('id') id: string, @Caller() caller: Caller): Promise<ResultResponse> {
    const session = await this.sessions.opened(caller, id);
    const { district } = caller;
    const found = await this.themes.ofSession(district, id);
    const now = new Date().toISOString();
    // Reading is what delivers; a theme without an undelivered answer writes nothing.
    const read = await Promise.all(
      found.map((theme) => this.themes.change(district, theme.id, ({ loop }) => open(loop, 'session', now))),
    );
    const views = await Promise.all(read.map(viewTheme));
    return {
      title: session.state.title,
      themes: views.map(({ inputId, title, text, voices, state, answers }) => ({
        inputId,
        title,
        text,
        voices,
        state,
        answers,
      })),
      whatChanged: views.flatMap(whatChanged),
    };
  }
}

/** How the newest answer says that the input shaped it, else what it says. */
function whatChanged({ title, answers }: ThemeView): string[] {
  const newest = answers.at(-1);
  if (!newest || !changing.includes(newest.outcome)) return [];
  return [`${title}: ${newest.shapedBy ?? newest.text}`];
}

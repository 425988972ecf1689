import { Injectable } from '@nestjs/common';
import { RuleBroken } from '#contracts';
import { isSettled } from '#loop';
import { AggregateStore, Messaging } from '#messaging';
import type { Aggregate, Loaded } from '#messaging';
import type { District } from '#platform';
import { evolveTheme, wakeThemeAt } from './theme.js';
import type { Theme, ThemeEvent } from './theme.js';

export const themes: Aggregate<Theme, ThemeEvent> = {
  name: 'themes',
  evolve: evolveTheme,
  wakeAt: wakeThemeAt,
  index: ({ sessionId, loop }) => ({ sessionId, raisedAt: loop.raisedAt, open: !isSettled(loop) }),
};

/** More than a session ever raises; the whole of them is shown at once. */
const mostThemes = 1_000;

/** A theme's secret is the wrapped key of its input's words. */
@Injectable()
export class ThemeStore extends AggregateStore<Theme, ThemeEvent> {
  constructor(messaging: Messaging) {
    super(messaging, themes, { indexes: [{ sessionId: 1, raisedAt: 1 }] });
  }

  /** The themes of a session, oldest first. */
  async ofSession(district: District, sessionId: string): Promise<Loaded<Theme>[]> {
    const { items } = await this.list(district, {
      where: { sessionId },
      sort: { raisedAt: 1 },
      limit: mostThemes,
    });
    return items;
  }

  /** The theme that a request about this session names. RuleBroken (422) on any other. */
  async named(district: District, sessionId: string, inputId: string): Promise<Loaded<Theme>> {
    const theme = await this.load(district, inputId);
    if (theme?.state.sessionId === sessionId) return theme;
    throw new RuleBroken('inputId', 'theme-of-this-session', 'inputId is not a theme of this session');
  }
}

import { wake } from '#loop';
import { Consumer, OnWake } from '#messaging';
import type { Theme, ThemeEvent } from './theme.js';
import { ThemeStore } from './theme.store.js';

/** Silence: nobody opened the result, or no numbers came. Asked again, then closed and never verified. */
@Consumer()
export class ThemeClock {
  @OnWake(ThemeStore)
  wake({ loop }: Theme, now: string): ThemeEvent[] {
    return wake(loop, now);
  }
}

import type { Loaded } from '#messaging';
import { LoopView, reader, viewLoop } from '#origin';
import { bodyOf } from './theme.js';
import type { Theme, ThemeWords } from './theme.js';

export class ThemeView extends LoopView {
  title!: string;
  text!: string;
}

/** A theme in words; they are empty once it is erased. */
export async function viewTheme(theme: Loaded<Theme>): Promise<ThemeView> {
  const { title, text = '' } = await reader(theme.secret)<ThemeWords>(theme.state.loop.sealed);
  return {
    ...(await viewLoop(theme)),
    title: title ?? '',
    text: title === undefined ? '' : bodyOf({ title, text }),
  };
}

import type { Loop, LoopEvent } from '#loop';
import { AggregateStore } from '#messaging';

/** What every origin keeps of an input, whatever it calls it: a concern, a theme. */
export interface Looped {
  loop: Loop;
}

/**
 * The origin's own store of its inputs, under one name for what all origins do alike. A service says which it is:
 * `{ provide: Inputs, useExisting: ThemeStore }`.
 */
export abstract class Inputs extends AggregateStore<Looped, LoopEvent> {}

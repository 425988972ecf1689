import { wake } from '#loop';
import { Consumer, OnWake } from '#messaging';
import type { Input, InputEvent } from './input.js';
import { InputStore } from './input.store.js';

/** Thirty days of silence. Letters that are due wake the input too; they are delivery's. */
@Consumer()
export class InputClock {
  @OnWake(InputStore)
  wake(state: Input, now: string): InputEvent[] {
    return wake(state.loop, now);
  }
}

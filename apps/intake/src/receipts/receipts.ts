import { Injectable } from '@nestjs/common';
import type { LoopState } from '#contracts';
import { allowedActions, isRepeat } from '#loop';
import type { Loop, LoopAction } from '#loop';
import { seal, unwrap } from '#messaging';
import type { Key } from '#messaging';
import { Problem, codeHash, districtOfCode } from '#platform';
import type { Caller, Command, District } from '#platform';
import type { Input, InputEvent } from '../inputs/input.js';
import { InputStore } from '../inputs/input.store.js';

/** An input whose receipt was shown. */
export interface Held {
  district: District;
  id: string;
  input: Input;
  /** Opens and seals its words; gone after an erasure. */
  key?: Key;
}

/** What every command of a receipt answers. */
export class ReceiptState {
  inputId!: string;
  state!: LoopState;
  /** What may be done next, by the names of the receipt's routes. */
  allowed!: LoopAction[];
}

/** Finds the input of a receipt, and changes it in the originator's name. */
@Injectable()
export class Receipts {
  constructor(private readonly inputs: InputStore) {}

  /**
   * The input of the receipt that the caller shows. A code that opens nothing is a credential that is not accepted:
   * 401, as with a wrong token. A code of another district is a 404, whether it exists or not.
   */
  async of(caller: Caller): Promise<Held> {
    const { district, code = '' } = caller;
    if (isOfAnotherDistrict(code, district))
      throw new Problem(404, undefined, { detail: 'There is no such receipt here.' });
    const found = code && (await this.inputs.findBy(district, { receiptHash: codeHash(code) }));
    if (!found) {
      throw new Problem(401, undefined, {
        detail: 'No input has this receipt code. Check each letter and number.',
        headers: { 'www-authenticate': 'Receipt' },
      });
    }
    const key = found.secret ? unwrap(found.secret) : undefined;
    return { district, id: found.id, input: found.state, ...(key && { key }) };
  }

  /** Decides on the newest state, and answers what may be done next. */
  async change(held: Held, decide: (loop: Loop, now: string) => InputEvent[]): Promise<ReceiptState> {
    const now = new Date().toISOString();
    const { state } = await this.inputs.change(held.district, held.id, ({ loop }) => decide(loop, now));
    return stateOf(state);
  }

  /** The same for a command that a retry must not repeat: taken once an Idempotency-Key, refused with another body. */
  async changeOnce(
    held: Held,
    command: Command,
    decide: (loop: Loop, now: string) => InputEvent[],
  ): Promise<ReceiptState> {
    const now = new Date().toISOString();
    const { state } = await this.inputs.change(held.district, held.id, (input) => {
      const before = input.taken.find((one) => one.id === command.id);
      if (isRepeat(before, command)) return [];
      return [...decide(input.loop, now), { type: 'command-taken', ...command }];
    });
    return stateOf(state);
  }
}

/** Words sealed for an input. Without its key the loop is erased, and every decision will refuse them. */
export function sealFor(held: Held, words: object): string {
  return held.key ? seal(held.key, words) : '';
}

export function stateOf(input: Input): ReceiptState {
  const { loop } = input;
  return {
    inputId: loop.inputId,
    state: loop.state,
    allowed: allowedActions(loop, new Date().toISOString()),
  };
}

function isOfAnotherDistrict(code: string, district: District): boolean {
  return /^[a-z][a-z0-9]+-/i.test(code.trim()) && districtOfCode(code) !== district;
}

import type { Channel, Relation } from '#contracts';
import { evolveLoop, isSettled, wakeAt as loopWakeAt } from '#loop';
import type { Loop, LoopEvent } from '#loop';
import { evolveLetters, nextLetterAt } from '../delivery/letters.js';
import type { Letter, LetterEvent } from '../delivery/letters.js';

/** A way to the originator besides the receipt. The address is sealed under the input's key and stays in this document. */
export interface Contact {
  channel: Channel;
  /** ContactWords. */
  sealed: string;
  /** Whether the words of an answer may stand in the message, or only that there is one. */
  textInMessage: boolean;
}

/** What `sealed` of a contact holds. */
export interface ContactWords {
  address: string;
}

/** Someone else entered it: in what capacity, whether the person agreed, and who holds the receipt. */
export interface OnBehalf {
  relation: Relation;
  agreed: boolean;
  receiptTo: 'them' | 'me';
}

/** One input from one person: its loop, and what only intake may know. */
export interface Input {
  loop: Loop;
  acceptedAt: string;
  /** Of the request's body: another body under the same Idempotency-Key is refused. */
  digest: string;
  /** Finds the input by its receipt, which is stored nowhere. */
  receiptHash: string;
  contact?: Contact;
  onBehalf?: OnBehalf;
  letters: Letter[];
  /** Receipt commands that were taken, so that a retry changes nothing: id and digest of the body. */
  taken: { id: string; digest: string }[];
}

/** An internal fact of every raised input: how it was accepted. Comes right after input.raised. */
export interface Accepted {
  type: 'accepted';
  at: string;
  digest: string;
  receiptHash: string;
  contact?: Contact;
  onBehalf?: OnBehalf;
}

/** An internal fact: a command of the receipt was taken. */
export interface CommandTaken {
  type: 'command-taken';
  id: string;
  digest: string;
}

export type InputEvent = LoopEvent | LetterEvent | Accepted | CommandTaken;

export function evolveInput(state: Input | undefined, event: InputEvent): Input {
  if (event.type === 'input.raised') return begin(evolveLoop(state?.loop, event));
  if (!state) throw new Error(`${event.type} came before input.raised`);
  switch (event.type) {
    case 'accepted': {
      const { type: _, at, ...facts } = event;
      return { ...state, ...facts, acceptedAt: at };
    }
    case 'command-taken':
      return { ...state, taken: [...state.taken, { id: event.id, digest: event.digest }] };
    case 'letter-attempted':
    case 'letter-sent':
    case 'letter-refused':
    case 'letter-exhausted':
    case 'letter-resent':
      return { ...state, letters: evolveLetters(state.letters, event, state.contact !== undefined) };
    case 'input.erased': {
      // Nobody can be written to any more: the address goes with the key.
      const { contact: _, ...rest } = state;
      return { ...rest, loop: evolveLoop(state.loop, event), letters: [] };
    }
    default:
      return {
        ...state,
        loop: evolveLoop(state.loop, event),
        letters: evolveLetters(
          state.letters,
          event,
          state.contact !== undefined && state.loop.state !== 'withdrawn',
        ),
      };
  }
}

function begin(loop: Loop): Input {
  return { loop, acceptedAt: loop.raisedAt, digest: '', receiptHash: '', letters: [], taken: [] };
}

export const inputAggregate = {
  name: 'inputs',
  evolve: evolveInput,
  /** The loop's own clock, or a letter that is due. */
  wakeAt(state: Input): string | undefined {
    const due = [loopWakeAt(state.loop), nextLetterAt(state.letters)].filter((at) => at !== undefined);
    return due.sort()[0];
  },
  index(state: Input): Record<string, unknown> {
    const undelivered = [...new Set(state.letters.map((letter) => letter.state))].filter(
      (one) => one !== 'sent',
    );
    return {
      ...(undelivered.length > 0 && { undelivered }),
      receiptHash: state.receiptHash,
      state: state.loop.state,
      open: !isSettled(state.loop),
      acceptedAt: state.acceptedAt,
    };
  },
};

import { deliver, newestAnswer } from '#loop';
import type { Loop, LoopEvent } from '#loop';

/** One message to an originator's own address: about an answer, a message of the team, or a second asking. */
export interface Letter {
  about: 'answer' | 'message' | 'asked-again';
  /** The number of the answer or message that it is about. */
  no: number;
  state: 'owed' | 'sent' | 'refused' | 'exhausted';
  attempts: number;
  /** When the next attempt is due; only while it is owed. */
  nextAt?: string;
}

/** Names a letter within its input, and in its Message-ID: the same on every attempt, so that a repeat is recognised. */
export type LetterName = `${Letter['about']}-${number}`;

/** Internal facts of letters: an attempt is written down before it is made, so that a crash never forgets one. */
export type LetterEvent =
  | { type: 'letter-attempted'; letter: LetterName; at: string }
  | { type: 'letter-sent'; letter: LetterName; at: string }
  | { type: 'letter-refused'; letter: LetterName; reason: string; at: string };

const minute = 60_000;
const hour = 60 * minute;
/** Waits after each failed attempt, in ms; after the last one the letter is exhausted, and ops/inputs shows it. */
export const backOff: readonly number[] = [minute, 5 * minute, 30 * minute, 2 * hour, 6 * hour, 24 * hour];

export function nameOf(letter: Letter): LetterName {
  return `${letter.about}-${letter.no}`;
}

/** The letters of an input after an event; `reachable` says whether there is anybody to write to. */
export function evolveLetters(
  letters: Letter[],
  event: LoopEvent | LetterEvent,
  reachable: boolean,
): Letter[] {
  switch (event.type) {
    case 'told':
      if (!reachable) return letters;
      if (event.event.type === 'case.message') {
        return owed(letters, { about: 'message', no: event.event.messageNo, at: event.event.at });
      }
      if (event.event.type === 'case.answered') {
        // Only the newest answer is worth a letter: an older one that was not sent is replaced.
        const others = letters.filter((one) => one.about === 'message' || one.state !== 'owed');
        return owed(others, { about: 'answer', no: event.event.answerNo, at: event.event.at });
      }
      return letters;
    case 'asked-again':
      return reachable ? owed(letters, { about: 'asked-again', no: event.answerNo, at: event.at }) : letters;
    case 'closure.confirmed':
    case 'closure.disputed':
    case 'closure.unconfirmed':
      // Whoever gave their word need not be asked for it.
      return letters.filter((one) => one.about !== 'asked-again' || one.state !== 'owed');
    case 'input.withdrawn':
      return letters.filter((one) => one.state !== 'owed');
    case 'letter-attempted':
      return changed(letters, event.letter, (letter) => attempted(letter, event.at));
    case 'letter-sent':
      return changed(letters, event.letter, (letter) => ended(letter, 'sent'));
    case 'letter-refused':
      return changed(letters, event.letter, (letter) => ended(letter, 'refused'));
    default:
      return letters;
  }
}

/** The letter to work on at `now`: the one that is longest due. */
export function dueLetter(letters: readonly Letter[], now: string): Letter | undefined {
  const due = letters.filter((one) => one.nextAt !== undefined && one.nextAt <= now);
  return due.sort((a, b) => (a.nextAt! < b.nextAt! ? -1 : 1))[0];
}

export function nextLetterAt(letters: readonly Letter[]): string | undefined {
  return letters
    .map((one) => one.nextAt)
    .filter((at) => at !== undefined)
    .sort()[0];
}

/** What was not delivered and will not be tried again, for those who run the service. */
export function letterTroubles(letters: readonly Letter[]): string[] {
  return letters
    .filter((one) => one.state === 'refused' || one.state === 'exhausted')
    .map((one) => `${nameOf(one)} ${one.state}`);
}

/**
 * What follows when the mail server has taken a letter. Only one that carries the answer's own words delivers it: a
 * notice says that there is an answer, and opening the receipt delivers that. Nor does a letter about an answer that
 * was replaced meanwhile.
 */
export function accepted(loop: Loop, letter: Letter, carriesWords: boolean, at: string) {
  const sent: LetterEvent = { type: 'letter-sent', letter: nameOf(letter), at };
  const isAnswer = letter.about === 'answer' && newestAnswer(loop)?.answerNo === letter.no;
  return isAnswer && carriesWords ? [sent, ...deliver(loop, letter.no, 'email', at)] : [sent];
}

function owed(letters: Letter[], { about, no, at }: Pick<Letter, 'about' | 'no'> & { at: string }): Letter[] {
  if (letters.some((one) => one.about === about && one.no === no)) return letters;
  return [...letters, { about, no, state: 'owed', attempts: 0, nextAt: at }];
}

/** Counts the attempt and says when the next is due, should this one fail; past the last one there is none. */
function attempted(letter: Letter, at: string): Letter {
  const { nextAt: _, ...rest } = letter;
  const wait = backOff[letter.attempts];
  const attempts = letter.attempts + 1;
  if (wait === undefined) return { ...rest, attempts, state: 'exhausted' };
  return { ...rest, attempts, nextAt: new Date(Date.parse(at) + wait).toISOString() };
}

function ended(letter: Letter, state: 'sent' | 'refused'): Letter {
  const { nextAt: _, ...rest } = letter;
  return { ...rest, state };
}

function changed(letters: Letter[], name: LetterName, change: (letter: Letter) => Letter): Letter[] {
  return letters.map((one) => (nameOf(one) === name ? change(one) : one));
}

import { StateRefuses, Unknown } from '#contracts';
import { deliver, newestAnswer, undeliverable } from '#loop';
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
  /** Why it ended without being sent, and when. */
  reason?: string;
  endedAt?: string;
  /** Who had it sent again by hand, and why. */
  resent?: { by: string; why: string; at: string }[];
}

/** Names a letter within its input, and in its Message-ID: the same on every attempt, so that a repeat is recognised. */
export type LetterName = `${Letter['about']}-${number}`;

/** Internal facts of letters: an attempt is written down before it is made, so that a crash never forgets one. */
export type LetterEvent =
  | { type: 'letter-attempted'; letter: LetterName; at: string }
  | { type: 'letter-sent'; letter: LetterName; at: string }
  | { type: 'letter-refused'; letter: LetterName; reason: string; at: string }
  | { type: 'letter-exhausted'; letter: LetterName; at: string }
  | { type: 'letter-resent'; letter: LetterName; by: string; why: string; at: string };

const minute = 60_000;
const hour = 60 * minute;
/** Waits after each failed attempt, in ms; after the last one the letter is exhausted, and ops/deliveries shows it. */
export const backOff: readonly number[] = [minute, 5 * minute, 30 * minute, 2 * hour, 6 * hour, 24 * hour];
/** How long after the last attempt it is exhausted all the same, when whoever made it died before saying so. */
const lastWait = minute;
/** Resends that are remembered of a letter. */
const mostResent = 20;

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
        const others = letters.filter((one) => one.about === 'message' || one.state === 'sent');
        return owed(others, { about: 'answer', no: event.event.answerNo, at: event.event.at });
      }
      return letters;
    case 'asked-again':
      return reachable ? owed(letters, { about: 'asked-again', no: event.answerNo, at: event.at }) : letters;
    case 'closure.confirmed':
    case 'closure.disputed':
    case 'closure.unconfirmed':
      // Whoever gave their word need not be asked for it.
      return letters.filter((one) => one.about !== 'asked-again' || one.state === 'sent');
    case 'answer.delivered':
      // It came another way; nobody need care about the letter that did not.
      return letters.filter((one) => one.about !== 'answer' || one.no !== event.answerNo || !hasFailed(one));
    case 'input.withdrawn':
      return letters.filter((one) => one.state === 'sent');
    case 'letter-attempted':
      return changed(letters, event.letter, (letter) => attempted(letter, event.at));
    case 'letter-sent':
      return changed(letters, event.letter, (letter) => ended(letter, 'sent'));
    case 'letter-refused':
      return changed(letters, event.letter, (letter) => ({
        ...ended(letter, 'refused'),
        reason: event.reason,
        endedAt: event.at,
      }));
    case 'letter-exhausted':
      return changed(letters, event.letter, (letter) => ({
        ...ended(letter, 'exhausted'),
        reason: noAnswer,
        endedAt: event.at,
      }));
    case 'letter-resent':
      return changed(letters, event.letter, (letter) => resent(letter, event));
    default:
      return letters;
  }
}

/** The letter to work on at `now`: the one that is longest due. */
export function dueLetter(letters: readonly Letter[], now: string): Letter | undefined {
  const due = letters.filter((one) => one.nextAt !== undefined && one.nextAt <= now);
  return due.sort((a, b) => (a.nextAt! < b.nextAt! ? -1 : 1))[0];
}

/** All its attempts were made: there is no further one, and none that is under way. */
export function isSpent(letter: Letter): boolean {
  return letter.attempts > backOff.length;
}

/** What follows when a letter will not be tried again: refused for good with a code, else exhausted. Told once. */
export function givenUp(
  loop: Loop,
  letter: Letter,
  at: string,
  refused?: string,
): (LetterEvent | LoopEvent)[] {
  const name = nameOf(letter);
  const reason = refused ?? noAnswer;
  return [
    refused
      ? { type: 'letter-refused', letter: name, reason: refused, at }
      : { type: 'letter-exhausted', letter: name, at },
    ...(letter.about === 'answer'
      ? undeliverable(loop, { answerNo: letter.no, channel: 'email', reason }, at)
      : []),
  ];
}

const noAnswer = 'no answer from the mail server';

/**
 * By hand, and the whole back-off begins anew: only what is not tried any more.
 * @throws Unknown without such a letter; StateRefuses in any other state.
 */
export function resend(
  letters: readonly Letter[],
  name: string,
  { by, why }: { by: string; why: string },
  at: string,
): LetterEvent[] {
  const letter = letters.find((one) => nameOf(one) === name);
  if (!letter) throw new Unknown('delivery');
  if (!hasFailed(letter)) {
    const how =
      letter.state === 'sent'
        ? 'the mail server has taken it'
        : `it is tried by itself, next at ${letter.nextAt}`;
    throw new StateRefuses('resend', letter.state, [], how);
  }
  return [{ type: 'letter-resent', letter: nameOf(letter), by, why, at }];
}

function hasFailed({ state }: Letter): boolean {
  return state === 'refused' || state === 'exhausted';
}

export function nextLetterAt(letters: readonly Letter[]): string | undefined {
  return letters
    .map((one) => one.nextAt)
    .filter((at) => at !== undefined)
    .sort()[0];
}

/** What was not delivered and will not be tried again, for those who run the service. */
export function letterTroubles(letters: readonly Letter[]): string[] {
  return letters.filter(hasFailed).map((one) => `${nameOf(one)} ${one.state}`);
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

/** Counts the attempt and says when to look again, should this one fail or never be heard of. */
function attempted(letter: Letter, at: string): Letter {
  const wait = backOff[letter.attempts] ?? lastWait;
  return { ...letter, attempts: letter.attempts + 1, nextAt: new Date(Date.parse(at) + wait).toISOString() };
}

function resent(letter: Letter, { by, why, at }: { by: string; why: string; at: string }): Letter {
  const { reason: _, endedAt: __, ...rest } = letter;
  const all = [...(letter.resent ?? []), { by, why, at }];
  return { ...rest, state: 'owed', attempts: 0, nextAt: at, resent: all.slice(-mostResent) };
}

function ended(letter: Letter, state: 'sent' | 'refused' | 'exhausted'): Letter {
  const { nextAt: _, ...rest } = letter;
  return { ...rest, state };
}

function changed(letters: Letter[], name: LetterName, change: (letter: Letter) => Letter): Letter[] {
  return letters.map((one) => (nameOf(one) === name ? change(one) : one));
}

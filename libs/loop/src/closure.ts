import { RuleBroken } from '#contracts';
import type { ReplyNumbers } from '#contracts';
import { theNewest } from './decide.js';
import { newestAnswer } from './loop.js';
import type { Loop, LoopEvent } from './loop.js';
import { allowedActions, mostWords, refuse, refuseUnlessAllowed } from './rules.js';

const words = new Set(['confirmed', 'disputed', 'partly settled']);

/** How many of a group must have replied before their word counts: half of those it stands for, rounded up. */
export function defaultQuorum(voices: number): number {
  return Math.ceil(voices / 2);
}

/**
 * "Yes, this settles it." The loop is confirmed; again: nothing changes. Of a plan it is only accepted: its loop stays
 * open until the date. An old answer is refused.
 */
export function confirm(loop: Loop, answerNo: number, now: string): LoopEvent[] {
  return say(loop, 'confirm', { answerNo }, now);
}

/** "No", or partly: the rest is in the words (ReasonWords). The loop is open again. An old answer is refused. */
export function dispute(
  loop: Loop,
  word: { answerNo: number; partly?: boolean; sealed?: string },
  now: string,
): LoopEvent[] {
  return say(loop, word.partly ? 'partly' : 'dispute', word, now);
}

/**
 * A group answers in numbers, which must add up to those it stands for. With the quorum replied: confirmed when
 * yes > no, disputed when no >= yes. Below it nothing is decided yet: the numbers are kept, the loop stays as it is.
 */
export function reply(
  loop: Loop,
  word: { answerNo: number; yes: number; no: number; noReply: number; quorum?: number; sealed?: string },
  now: string,
): LoopEvent[] {
  const { answerNo, yes, no, noReply, sealed } = word;
  const numbers: ReplyNumbers = { yes, no, noReply };
  if (yes + no + noReply !== loop.voices) {
    const sum = `yes + no + noReply is ${yes + no + noReply}, and this input stands for ${loop.voices}`;
    throw new RuleBroken('noReply', 'adds-up-to-voices', sum);
  }
  // The same numbers again are the same word again.
  const last = newestAnswer(loop);
  if (last?.answerNo === answerNo && same(last.reply?.replies, numbers)) return [];
  if (yes + no < (word.quorum ?? defaultQuorum(loop.voices)))
    return count(loop, { answerNo, sealed }, numbers, now);
  return say(loop, yes > no ? 'confirm' : 'dispute', { answerNo, sealed }, now, numbers);
}

function say(
  loop: Loop,
  action: 'confirm' | 'partly' | 'dispute',
  word: { answerNo: number; sealed?: string },
  now: string,
  replies?: ReplyNumbers,
): LoopEvent[] {
  const { answerNo } = word;
  const again = action === 'confirm' && loop.state === 'confirmed' && !loop.erasedAt;
  if (!again) refuseUnlessAllowed(loop, action, now);
  const newest = theNewest(loop, action, answerNo, now);
  if (again) return [];
  if (loop.facts.filter((fact) => words.has(fact.what)).length >= mostWords) {
    throw new RuleBroken(
      'answerNo',
      `at-most-${mostWords}-words`,
      'this loop went back and forth too often; write a message',
    );
  }
  const facts = {
    inputId: loop.inputId,
    answerNo,
    at: now,
    ...(replies && { replies }),
    ...(word.sealed && { sealed: word.sealed }),
  };
  if (action !== 'confirm') return [{ type: 'closure.disputed', partly: action === 'partly', ...facts }];
  if (newest.outcome !== 'planned') return [{ type: 'closure.confirmed', ...facts }];
  if (loop.state === 'promised' && newest.reply?.word === 'plan-accepted') return [];
  return [{ type: 'plan-accepted', answerNo, at: now, ...(replies && { replies }) }];
}

function count(
  loop: Loop,
  word: { answerNo: number; sealed?: string },
  replies: ReplyNumbers,
  now: string,
): LoopEvent[] {
  // A word that was decided is not taken back by counting fewer of it.
  const undecided =
    ['delivered', 'promised', 'unconfirmed'].includes(loop.state) && allowedActions(loop, now).length > 0;
  if (!undecided) refuse(loop, 'reply', now, 'fewer than the quorum have replied');
  theNewest(loop, 'reply to', word.answerNo, now);
  return [{ type: 'replies-counted', ...word, replies, at: now }];
}

function same(a: ReplyNumbers | undefined, b: ReplyNumbers): boolean {
  return a?.yes === b.yes && a.no === b.no && a.noReply === b.noReply;
}

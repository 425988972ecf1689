import { isAskedWhetherSettled } from '#contracts';
import type { LoopState, Origin, Outcome, ReplyNumbers, Step } from '#contracts';
import type { Durations, View } from '../ledger/view.js';

/** What one row adds to its roll-ups. Instants in epoch milliseconds, durations in seconds. */
export interface Share {
  origin: Origin;
  role: string;
  topic: string;
  /** The originator wants it unseen by the school it concerns: only those above that school may count it. */
  hidden: boolean;
  state: LoopState;
  open: boolean;
  voices: number;
  raisedAt: number;
  durations: Durations;
  negative: number;
  /** The answer that counts, unless the loop was withdrawn: then no answer is owed any more. */
  answer?: {
    outcome?: Outcome;
    reached: boolean;
    /** Asked whether it is settled: everything but praise. */
    asked: boolean;
    replied: boolean;
    settled: boolean;
    /** When its loop was answered first, and whether it was reopened within 30 days of an answer. */
    firstAt?: number;
    reopened: boolean;
  };
  /** The last word on each answer, one reply each; praise is not asked. */
  replies: { yes: number; no: number; partly: number };
  /** People, not loops: a group's numbers, or the one person who replied, on the answer that counts. */
  people: ReplyNumbers;
  dues: { step: Step; dueAt: number; met: boolean }[];
}

export const notStated = 'not-stated';
const thirtyDays = 30 * 24 * 3600 * 1000;

/** Undefined for a row that no report may count: restricted, or its origin's word is not here yet. */
export function shareOf(seen: View): Share | undefined {
  const { raised, state } = seen;
  if (!raised || seen.restricted) return undefined;
  const asked = isAskedWhetherSettled(raised.kind);
  const share: Share = {
    origin: raised.origin,
    role: raised.role ?? notStated,
    topic: raised.topic,
    hidden: raised.notSeenBy.includes('school'),
    state,
    open: seen.open,
    voices: raised.voices,
    raisedAt: seen.raisedAt,
    durations: seen.durations,
    negative: seen.negative.length,
    replies: { yes: 0, no: 0, partly: 0 },
    people: { yes: 0, no: 0, noReply: 0 },
    dues: [],
  };
  for (const { word } of asked ? seen.answers : []) if (word) share.replies[word] += 1;
  for (const { step, dueAt, how } of seen.targets) {
    if (how !== 'excused') share.dues.push({ step, dueAt, met: how === 'met' });
  }
  const { newest } = seen;
  if (newest && state !== 'withdrawn') {
    share.answer = {
      outcome: newest.outcome,
      reached: newest.reachedAt !== undefined,
      asked,
      replied: newest.word !== undefined,
      settled: asked && state === 'confirmed',
      firstAt: seen.answers.find((answer) => answer.at !== undefined)?.at,
      reopened: seen.answers.some(
        ({ at, reopenedAt }) => at !== undefined && reopenedAt !== undefined && reopenedAt - at <= thirtyDays,
      ),
    };
    if (asked && newest.word) share.people = newest.replies ?? onePerson(newest.word);
  }
  return share;
}

function onePerson(word: 'yes' | 'no' | 'partly'): ReplyNumbers {
  return { yes: word === 'yes' ? 1 : 0, no: word === 'yes' ? 0 : 1, noReply: 0 };
}

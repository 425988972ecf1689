import type { LoopState } from '#contracts';
import { isSettled } from '#loop';
import type { Answer } from './answer.js';
import type { Fact, FactOf } from './facts.js';
import { targetsOf } from './targets.js';
import type { Target } from './targets.js';

/*
 * What the facts mean, without comparing clocks of two publishers.
 *
 * Two logs make a loop: the origin's (O) and casework's (C). Inside one log, seq is the order. Between them there are
 * only these certainties:
 *
 *   a  O input.raised            before everything else
 *   b  C case.answered n         before every O fact that names n (delivered, undeliverable, owed, confirmed,
 *                                disputed, unconfirmed)
 *   c  O closure.disputed n      before the C case.reopened (dispute) that follows answered n in C's log
 *   d  O's end of answer n       (delivered, confirmed or unconfirmed n) before a C case.reopened (team) that follows
 *                                answered n in C's log: casework reopens only what has reached somebody
 *
 * Everything else may be concurrent, so each question is settled by the log that owns it:
 *
 *   question                                      decided by
 *   which answer counts (n)                       the highest number that any fact names (b: C said it already)
 *   was n delivered                               O delivered n, or a word on n: who replies has been reached
 *   what is the word on n                         the last of O's confirmed, disputed, unconfirmed n, by O's seq;
 *                                                 a word on an older answer never counts for n
 *   is n still the team's word                    C reopened (team) after answered n in C's log takes it back. By d and
 *                                                 by LOOP.md (an open loop takes no reply but a message) every O word
 *                                                 on n was said before the origin knew of it, so it never outlives it,
 *                                                 but for a dispute, which keeps the loop open as well, and for the
 *                                                 end that O gives an erased loop when it hears of it
 *   what does C reopened (dispute) change         the answer target only: the dispute itself opened the loop, and the
 *                                                 originator may take it back (the last word wins until the team acts)
 *   is a withdrawal in force                      O input.withdrawn, unless O confirmed or disputed later by O's seq.
 *                                                 Whatever C says, before or after, is work that was not delivered
 *   how far did an unanswered loop come           the furthest of C's routed, acknowledged; a transfer changes no state
 *   whose is it                                   the last of C's routed, transferred
 *
 *   withdrawn in force                            → withdrawn
 *   no answer                                     → raised, routed or acknowledged
 *   n disputed                                    → disputed
 *   n reopened by the team                        → acknowledged
 *   n confirmed                                   → confirmed; promised when n is a plan (accepted, not settled)
 *   n unconfirmed                                 → unconfirmed (late replies come after it in O's log, and win)
 *   n delivered                                   → delivered; promised when n is a plan
 *   otherwise                                     → answered
 *
 * `unsettled` has no event yet (no answer says that it is the last); it comes with escalation.
 */

/** Everything the ledger knows of one loop. Instants in epoch milliseconds, durations in seconds. */
export interface View {
  /** Missing while casework's events have overtaken the origin's. */
  raised?: FactOf<'input.raised'>;
  raisedAt: number;
  state: LoopState;
  /** Someone still owes something: not closed, and not praise whose thanks are delivered. */
  open: boolean;
  restricted: boolean;
  teamId?: string;
  teamName?: string;
  /** The organisation that the team belongs to. */
  teamOrgId?: string;
  answers: Answer[];
  newest?: Answer;
  durations: Durations;
  /** Durations that came out negative and were counted as 0: two clocks disagree. */
  negative: (keyof Durations)[];
  targets: Target[];
}

export interface Durations {
  /** raised → a team is responsible. */
  routing?: number;
  /** raised → a person of the team took it on. */
  acknowledgement?: number;
  /** raised → first human reply, a message or an answer. */
  firstResponse?: number;
  /** raised → last answer; missing while the clock runs (never answered, or open again). */
  answer?: number;
}

/** Derives the whole loop from its facts, which are sorted by (publisher, seq). */
export function view(facts: readonly Fact[]): View {
  const seen = gather(facts);
  const { raised, newest } = seen;
  const state = stateOf(seen);
  const open = !isSettled({ kind: raised?.kind ?? 'concern', state });
  const endedAt = open
    ? undefined
    : state === 'withdrawn'
      ? seen.withdrawnAt
      : (newest?.endedAt ?? newest?.reachedAt);
  const [durations, negative] = durationsOf(seen, state);
  return {
    ...(raised && { raised }),
    raisedAt: seen.raisedAt,
    state,
    open,
    restricted: seen.restricted,
    ...(seen.team && {
      teamId: seen.team.teamId,
      teamName: seen.team.teamName,
      teamOrgId: seen.team.teamOrgId,
    }),
    answers: seen.answers,
    ...(newest && { newest }),
    durations,
    negative,
    targets: targetsOf(facts, seen.answers, endedAt),
  };
}

interface Seen {
  raised?: FactOf<'input.raised'>;
  raisedAt: number;
  restricted: boolean;
  erased: boolean;
  withdrawnAt?: number;
  team?: { teamId: string; teamName: string; teamOrgId: string };
  routedAt?: number;
  acknowledgedAt?: number;
  firstReplyAt?: number;
  answers: Answer[];
  newest?: Answer;
}

/** One walk over both logs; nothing here depends on which of them is walked first. */
function gather(facts: readonly Fact[]): Seen {
  const seen: Seen = { raisedAt: Number.POSITIVE_INFINITY, restricted: false, erased: false, answers: [] };
  const byNumber = new Map<number, Answer>();
  const answer = (answerNo: number): Answer => {
    const known = byNumber.get(answerNo) ?? { answerNo, takenBack: false };
    byNumber.set(answerNo, known);
    return known;
  };
  let earliest = Number.POSITIVE_INFINITY;
  /** The answer that is casework's newest at this place of casework's log. */
  let standing: Answer | undefined;
  for (const fact of facts) {
    const at = Date.parse(fact.at);
    earliest = Math.min(earliest, at);
    switch (fact.type) {
      case 'input.raised':
        seen.raised = fact;
        seen.raisedAt = at;
        if (fact.lane === 'restricted') seen.restricted = true;
        break;
      case 'input.restricted':
        seen.restricted = true;
        break;
      case 'input.withdrawn':
        seen.withdrawnAt = at;
        break;
      case 'input.erased':
        seen.erased = true;
        break;
      case 'answer.delivered': {
        const its = answer(fact.answerNo);
        its.reachedAt = Math.min(its.reachedAt ?? at, at);
        break;
      }
      case 'closure.confirmed':
      case 'closure.disputed': {
        const its = answer(fact.answerNo);
        its.word = fact.type === 'closure.confirmed' ? 'yes' : fact.partly ? 'partly' : 'no';
        its.replies = fact.replies;
        its.unconfirmed = undefined;
        its.endedAt = at;
        its.reachedAt ??= at;
        // The originator's later word stands over an earlier withdrawal.
        seen.withdrawnAt = undefined;
        break;
      }
      case 'closure.unconfirmed': {
        const its = answer(fact.answerNo);
        its.unconfirmed = fact.why;
        its.endedAt = at;
        if (seen.erased) its.endedErased = true;
        break;
      }
      case 'case.routed':
      case 'case.transferred':
        seen.team = fact;
        seen.routedAt ??= at;
        break;
      case 'case.acknowledged':
        seen.acknowledgedAt ??= at;
        break;
      case 'case.message':
        seen.firstReplyAt ??= at;
        break;
      case 'case.answered':
        standing = answer(fact.answerNo);
        standing.outcome = fact.outcome;
        standing.at = at;
        seen.firstReplyAt ??= at;
        break;
      case 'case.reopened':
        if (standing) standing.reopenedAt = at;
        if (standing && fact.cause === 'team') standing.takenBack = true;
        break;
    }
  }
  if (!seen.raised) seen.raisedAt = earliest;
  seen.answers = [...byNumber.values()].sort((a, b) => a.answerNo - b.answerNo);
  const newest = seen.answers.at(-1);
  return newest ? { ...seen, newest } : seen;
}

function stateOf({ newest, withdrawnAt, acknowledgedAt, routedAt }: Seen): LoopState {
  if (withdrawnAt !== undefined) return 'withdrawn';
  if (!newest)
    return acknowledgedAt !== undefined ? 'acknowledged' : routedAt !== undefined ? 'routed' : 'raised';
  const plan = newest.outcome === 'planned';
  // Silence after a word can only be the end of an erased loop: nobody will reply any more.
  if (!newest.unconfirmed && (newest.word === 'no' || newest.word === 'partly')) return 'disputed';
  if (newest.takenBack && !newest.endedErased) return 'acknowledged';
  if (newest.unconfirmed) return 'unconfirmed';
  if (newest.word === 'yes') return plan ? 'promised' : 'confirmed';
  if (newest.reachedAt !== undefined) return plan ? 'promised' : 'delivered';
  return 'answered';
}

/** States in which the answer clock runs: nobody's answer stands. */
const running: readonly LoopState[] = ['raised', 'routed', 'acknowledged', 'disputed', 'withdrawn'];

function durationsOf(seen: Seen, state: LoopState): [Durations, (keyof Durations)[]] {
  const durations: Durations = {};
  const negative: (keyof Durations)[] = [];
  if (!seen.raised) return [durations, negative];
  const set = (name: keyof Durations, until: number | undefined): void => {
    if (until === undefined) return;
    if (until < seen.raisedAt) negative.push(name);
    durations[name] = Math.max(0, until - seen.raisedAt) / 1000;
  };
  set('routing', seen.routedAt);
  set('acknowledgement', seen.acknowledgedAt);
  set('firstResponse', seen.firstReplyAt);
  if (!running.includes(state)) set('answer', seen.newest?.at);
  return [durations, negative];
}

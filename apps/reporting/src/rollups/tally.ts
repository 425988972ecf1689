import type { LoopState, Outcome, ReplyNumbers, Step } from '#contracts';
import type { Share } from './share.js';

/** Loops that were raised together (a roll-up's cell, or several merged), counted. Durations in seconds, instants in epoch ms. */
export interface RaisedTally {
  raised: number;
  open: number;
  voices: number;
  states: Partial<Record<LoopState, number>>;
  outcomes: Partial<Record<Outcome, number>>;
  /** One duration a loop, ascending. */
  routing: number[];
  acknowledgement: number[];
  firstResponse: number[];
  answer: number[];
  /** When each loop that is still open was raised. */
  openSince: number[];
  answered: number;
  reached: number;
  /** Answered and asked whether it is settled (no praise); of these: who replied, who said yes. */
  asked: number;
  replied: number;
  settled: number;
  /** Replies, one an answer. */
  yes: number;
  no: number;
  partly: number;
  people: ReplyNumbers;
  /** When each answered loop was answered first: those that were reopened within 30 days, and the others. */
  reopenedFirstAt: number[];
  stoodFirstAt: number[];
  /** Durations that were negative and count as 0. */
  negative: number;
}

/** Targets that fell due together: the instants (epoch ms) of those done in time, and of those that were or would be misses. */
export type DueTally = Partial<Record<Step, { met: number[]; owed: number[] }>>;

export function emptyRaised(): RaisedTally {
  return {
    raised: 0,
    open: 0,
    voices: 0,
    states: {},
    outcomes: {},
    routing: [],
    acknowledgement: [],
    firstResponse: [],
    answer: [],
    openSince: [],
    answered: 0,
    reached: 0,
    asked: 0,
    replied: 0,
    settled: 0,
    yes: 0,
    no: 0,
    partly: 0,
    people: { yes: 0, no: 0, noReply: 0 },
    reopenedFirstAt: [],
    stoodFirstAt: [],
    negative: 0,
  };
}

/** Counts one row in. Lists are left unsorted; `sorted` puts them in order at the end. */
export function addShare(tally: RaisedTally, share: Share): void {
  tally.raised += 1;
  tally.voices += share.voices;
  tally.negative += share.negative;
  tally.states[share.state] = (tally.states[share.state] ?? 0) + 1;
  if (share.open) {
    tally.open += 1;
    tally.openSince.push(share.raisedAt);
  }
  for (const name of ['routing', 'acknowledgement', 'firstResponse', 'answer'] as const) {
    const seconds = share.durations[name];
    if (seconds !== undefined) tally[name].push(seconds);
  }
  for (const word of ['yes', 'no', 'partly'] as const) tally[word] += share.replies[word];
  for (const of of ['yes', 'no', 'noReply'] as const) tally.people[of] += share.people[of];
  const { answer } = share;
  if (!answer) return;
  tally.answered += 1;
  if (answer.outcome) tally.outcomes[answer.outcome] = (tally.outcomes[answer.outcome] ?? 0) + 1;
  if (answer.reached) tally.reached += 1;
  if (answer.asked) {
    tally.asked += 1;
    if (answer.replied) tally.replied += 1;
    if (answer.settled) tally.settled += 1;
  }
  if (answer.firstAt !== undefined) {
    (answer.reopened ? tally.reopenedFirstAt : tally.stoodFirstAt).push(answer.firstAt);
  }
}

/** Counts those targets of one row in that fell due in [from, to). */
export function addDues(tally: DueTally, share: Share, from: number, to: number): void {
  for (const { step, dueAt, met } of share.dues) {
    if (dueAt < from || dueAt >= to) continue;
    const its = (tally[step] ??= { met: [], owed: [] });
    (met ? its.met : its.owed).push(dueAt);
  }
}

const lists = [
  'routing',
  'acknowledgement',
  'firstResponse',
  'answer',
  'openSince',
  'reopenedFirstAt',
  'stoodFirstAt',
] as const;
const numbers = [
  'raised',
  'open',
  'voices',
  'answered',
  'reached',
  'asked',
  'replied',
  'settled',
  'yes',
  'no',
  'partly',
  'negative',
] as const;

/** Adds the second to the first. */
export function mergeRaised(into: RaisedTally, other: RaisedTally): void {
  for (const name of numbers) into[name] += other[name];
  for (const name of lists) for (const value of other[name]) into[name].push(value);
  for (const of of ['yes', 'no', 'noReply'] as const) into.people[of] += other.people[of];
  mergeCounts(into.states, other.states);
  mergeCounts(into.outcomes, other.outcomes);
}

export function mergeDue(into: DueTally, other: DueTally): void {
  for (const step of Object.keys(other) as Step[]) {
    const its = (into[step] ??= { met: [], owed: [] });
    for (const at of other[step]?.met ?? []) its.met.push(at);
    for (const at of other[step]?.owed ?? []) its.owed.push(at);
  }
}

function mergeCounts<K extends string>(
  into: Partial<Record<K, number>>,
  other: Partial<Record<K, number>>,
): void {
  for (const [name, n] of Object.entries(other) as [K, number][]) into[name] = (into[name] ?? 0) + n;
}

/** Puts every list and name in order, so that the same loops make the same tally, byte for byte, in whatever order they were read. */
export function sorted(tally: RaisedTally): RaisedTally {
  for (const name of lists) tally[name].sort((a, b) => a - b);
  for (const names of [tally.states, tally.outcomes]) sortNames(names);
  return tally;
}

export function sortedDue(tally: DueTally): DueTally {
  for (const its of Object.values(tally)) {
    its.met.sort((a, b) => a - b);
    its.owed.sort((a, b) => a - b);
  }
  sortNames(tally);
  return tally;
}

function sortNames(counts: Record<string, unknown>): void {
  for (const name of Object.keys(counts).sort()) {
    const its = counts[name];
    delete counts[name];
    counts[name] = its;
  }
}

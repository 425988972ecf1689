import type { LoopState, Outcome, ReplyNumbers, Step } from '#contracts';
import { loopStates } from '#contracts';
import type { DueTally, RaisedTally } from '../rollups/tally.js';

/** A duration over n loops, in seconds. */
export class Times {
  n: number;
  /** null when n is 0. */
  median: number | null;
  /** 90th percentile; null when n is 0. */
  p90: number | null;
}

/** n of `of`; `rate` is null when there is nothing to divide by. */
export class Rate {
  n: number;
  of: number;
  rate: number | null;
}

/** n of `of` over all targets, and for each step that was owed. */
export class TargetRate extends Rate {
  steps: Partial<Record<Step, Rate>>;
}

export class CellTimes {
  /** raised → a team is responsible. */
  routing: Times;
  /** raised → acknowledged by a person of the team. */
  acknowledgement: Times;
  /** raised → first human reply: the team's first message or answer, whichever came first. */
  firstResponse: Times;
  /** raised → last answer. A loop that is open again has no answer time until it is answered again. */
  answer: Times;
  /** Age of the loops that are open, as of now. */
  age: Times;
}

export class CellRates {
  /** Targets met ÷ targets that fell due in the period (until now); an overdue open loop is a miss. */
  withinTarget: TargetRate;
  /** Originators who got the newest answer ÷ originators owed one: answered, not withdrawn. */
  delivered: Rate;
  /** "Yes, settled" on the newest answer ÷ answered; without praise, and an accepted plan is no settlement. */
  verifiedClosure: Rate;
  /** A word, yes or no, on the newest answer ÷ answered; without praise. */
  response: Rate;
  /** "No" (and "partly") ÷ replies; one reply an answer, the last word on it; without praise. */
  dispute: Rate;
  /** Loops reopened within 30 days of an answer ÷ loops whose first answer is 30 days old. */
  reopen: Rate;
}

/** Loops counted. `raised` is all of them; the other states are where they are now, and add up to it with those not routed yet. */
export class CellCounts implements Record<LoopState, number> {
  raised: number;
  routed: number;
  acknowledged: number;
  answered: number;
  delivered: number;
  promised: number;
  disputed: number;
  confirmed: number;
  unconfirmed: number;
  unsettled: number;
  withdrawn: number;
  /** Someone still owes something. */
  open: number;
  /** raised − open: confirmed, unconfirmed, unsettled, withdrawn, and praise whose thanks are delivered. */
  closed: number;
}

/** One cell of a report. */
export class Cell {
  counts: CellCounts;
  /** The people these loops stand for, as declared. */
  voices: number;
  times: CellTimes;
  rates: CellRates;
  /** Loops by the outcome of their newest answer. */
  outcomes: Partial<Record<Outcome, number>>;
  /** People who said yes, no or nothing about the newest answer, where somebody replied; groups by their numbers. */
  people: ReplyNumbers;
  /** Durations that came out negative, because two clocks disagree, and were counted as 0. */
  negativeDurations: number;
}

/** The measures of a tally as of an instant (epoch ms), by MISSION.md's definitions: see each field. */
export function measure(raised: RaisedTally, due: DueTally, asOf: number): Cell {
  const counts = { open: raised.open, closed: raised.raised - raised.open } as CellCounts;
  for (const state of loopStates) counts[state] = raised.states[state] ?? 0;
  counts.raised = raised.raised;
  return {
    counts,
    voices: raised.voices,
    times: {
      routing: times(raised.routing),
      acknowledgement: times(raised.acknowledgement),
      firstResponse: times(raised.firstResponse),
      answer: times(raised.answer),
      age: times(raised.openSince.map((since) => Math.max(0, asOf - since) / 1000)),
    },
    rates: {
      withinTarget: withinTarget(due, asOf),
      delivered: rate(raised.reached, raised.answered),
      verifiedClosure: rate(raised.settled, raised.asked),
      response: rate(raised.replied, raised.asked),
      dispute: rate(raised.no + raised.partly, raised.yes + raised.no + raised.partly),
      reopen: reopenRate(raised, asOf),
    },
    outcomes: raised.outcomes,
    people: raised.people,
    negativeDurations: raised.negative,
  };
}

/** How many loops, at least, something of this tally has fallen due for: a loop owes each step once, mostly. */
export function dueLoops(due: DueTally, asOf: number): number {
  return Math.max(0, ...Object.values(withinTarget(due, asOf).steps).map((step) => step.of));
}

/** Only what has fallen due counts, on both sides: what is done early but due tomorrow counts tomorrow. */
function withinTarget(due: DueTally, asOf: number): TargetRate {
  const steps: Partial<Record<Step, Rate>> = {};
  let n = 0;
  let of = 0;
  for (const [step, its] of Object.entries(due) as [Step, { met: number[]; owed: number[] }][]) {
    const met = until(its.met, asOf);
    const all = met + until(its.owed, asOf);
    if (all === 0) continue;
    steps[step] = rate(met, all);
    n += met;
    of += all;
  }
  return { ...rate(n, of), steps };
}

function reopenRate({ reopenedFirstAt, stoodFirstAt }: RaisedTally, asOf: number): Rate {
  const passed = asOf - 30 * 24 * 3600 * 1000;
  const reopened = until(reopenedFirstAt, passed);
  return rate(reopened, reopened + until(stoodFirstAt, passed));
}

function until(instants: readonly number[], asOf: number): number {
  let n = 0;
  for (const at of instants) if (at <= asOf) n += 1;
  return n;
}

export function rate(n: number, of: number): Rate {
  return { n, of, rate: of === 0 ? null : n / of };
}

/** Exact, from every single duration; between two of them a quantile lies on the straight line (as in numpy or Excel). */
export function times(seconds: readonly number[]): Times {
  const ascending = Float64Array.from(seconds).sort();
  return { n: ascending.length, median: quantile(ascending, 0.5), p90: quantile(ascending, 0.9) };
}

function quantile(ascending: Float64Array, q: number): number | null {
  if (ascending.length === 0) return null;
  const place = (ascending.length - 1) * q;
  const below = ascending[Math.floor(place)]!;
  const above = ascending[Math.ceil(place)]!;
  return Math.round((below + (above - below) * (place % 1)) * 1000) / 1000;
}

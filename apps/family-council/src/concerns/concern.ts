import { RuleBroken } from '#contracts';
import type { CaseAnswered, InputRaised, TargetMissed } from '#contracts';
import {
  addWorkingDays,
  deliver,
  evolveLoop,
  isRepeat,
  newestAnswer,
  raise,
  reply,
  take,
  wake,
  wakeAt,
} from '#loop';
import type { Loop, LoopEvent, RaiseFacts, WorkingCalendar } from '#loop';
import { refuseUnlessKnown, refuseUnlessOpen } from '../rounds/round.js';
import type { Round } from '../rounds/round.js';

/** What a representative carries for families, raised as one input. Its id is the input's. */
export interface Concern {
  roundId: string;
  /** The families that it stands for; their number is its voices. */
  families: string[];
  /** Of the request that raised it: the same key with another body is refused. */
  digest: string;
  /** Messages and withdrawals that were taken: a retry under the same Idempotency-Key changes nothing. */
  commands?: { id: string; digest: string }[];
  loop: Loop;
  /** Families of this concern that were told the answer of this number. */
  told?: { answerNo: number; familyRefs: string[] };
  /** The answer whose report back was not made in time, and that the next level was told of. */
  missedAnswerNo?: number;
}

export type ConcernEvent =
  | ({ type: 'concern.carried'; raised: InputRaised } & Pick<Concern, 'roundId' | 'families' | 'digest'>)
  | { type: 'concern.command-taken'; id: string; digest: string }
  | { type: 'concern.families-told'; answerNo: number; familyRefs: string[] }
  | TargetMissed
  | LoopEvent;

/** Working days that a representative has to bring an answer to the families. */
export const reportBackDays = 5;

export function carryConcern(
  round: Round,
  command: Pick<Concern, 'roundId' | 'families' | 'digest'> & {
    input: Pick<RaiseFacts, 'inputId' | 'topic' | 'kind' | 'language' | 'heardAt' | 'sealed'>;
  },
  now: string,
): ConcernEvent[] {
  const { roundId, digest, input } = command;
  refuseUnlessKnown(round, command.families, 'families');
  refuseUnlessOpen(round, 'carry a concern', now);
  const families = [...new Set(command.families)];
  const [raised] = raise(
    {
      ...input,
      origin: 'family-council',
      orgId: round.orgId,
      lane: 'open',
      voices: families.length,
      role: 'family',
      // No name leaves this service: the families are the representative's own references.
      anonymous: true,
      reachable: true,
      onBehalfOf: 'representative',
      notSeenBy: [],
      raisedAt: now,
    },
    now,
  );
  if (!raised) return [];
  return [{ type: 'concern.carried', roundId, families, digest, raised }, raised];
}

/** An answer has come: it is the representative's to bring to the families, within a target of their own. */
export function takeAnswer(
  concern: Concern | undefined,
  event: CaseAnswered,
  calendar: WorkingCalendar,
  now: string,
): ConcernEvent[] {
  const taken = take(concern?.loop, event);
  const loop = taken.reduce<Loop | undefined>(evolveLoop, concern?.loop);
  const { inputId, answerNo } = event;
  // Withdrawn, or an answer that is known already: there is nothing to bring.
  if (loop?.state !== 'answered' || newestAnswer(concern!.loop)?.answerNo === newestAnswer(loop)?.answerNo)
    return taken;
  const dueAt = addWorkingDays(now, reportBackDays, calendar);
  return [...taken, { type: 'report-back.owed', inputId, answerNo, dueAt, at: now }];
}

/**
 * The representative has told families the answer, and brings their word in numbers that add up to those it stands
 * for. Only families that were told can have replied. That is what delivers the loop, and the quorum settles it.
 */
export function reportBack(
  concern: Concern,
  report: { answerNo: number; yes: number; no: number; noReply: number; sealed?: string },
  familyRefs: readonly string[],
  now: string,
): ConcernEvent[] {
  const { answerNo, yes, no } = report;
  const before = concern.told?.answerNo === answerNo ? concern.told.familyRefs : [];
  const fresh = concern.families.filter((ref) => familyRefs.includes(ref) && !before.includes(ref));
  const told = before.length + fresh.length;
  const reached = deliver(concern.loop, answerNo, 'reported-back', now);
  const word = reply(reached.reduce<Loop>(evolveLoop, concern.loop), report, now);
  if (told === 0) {
    const who = 'familyRefs must name at least one family of the concern that was told the answer';
    throw new RuleBroken('familyRefs', 'families-of-the-concern', who);
  }
  if (yes + no > told) {
    const sum = `${yes + no} families replied, but only ${told} of this concern were reported back to`;
    throw new RuleBroken('yes', 'replied-were-told', sum);
  }
  const toldEvent: ConcernEvent[] =
    fresh.length > 0 ? [{ type: 'concern.families-told', answerNo, familyRefs: fresh }] : [];
  return [...toldEvent, ...reached, ...word];
}

/** When the families are owed the newest answer; undefined once it is delivered. */
export function reportBackDue({ loop }: Pick<Concern, 'loop'>): string | undefined {
  const owed = loop.reportBack;
  return loop.state === 'answered' && owed?.answerNo === newestAnswer(loop)?.answerNo
    ? owed?.dueAt
    : undefined;
}

export function wakeConcernAt(concern: Concern): string | undefined {
  const owed = isMissed(concern) ? undefined : reportBackDue(concern);
  return [owed, wakeAt(concern.loop)].filter((at) => at !== undefined).sort()[0];
}

/** A report back that is late is told once; silence closes the loop as it does for any origin. */
export function wakeConcern(concern: Concern, now: string): ConcernEvent[] {
  const dueAt = reportBackDue(concern);
  const { inputId } = concern.loop;
  const late = dueAt !== undefined && dueAt <= now && !isMissed(concern);
  const missed: ConcernEvent[] = late
    ? [{ type: 'target.missed', inputId, origin: 'family-council', step: 'report-back', dueAt, at: now }]
    : [];
  return [...missed, ...wake(concern.loop, now)];
}

function isMissed({ loop, missedAnswerNo }: Concern): boolean {
  return missedAnswerNo !== undefined && missedAnswerNo === loop.reportBack?.answerNo;
}

/** Takes a command once: again under the same key it changes nothing, and with another body it is refused. */
export function once(
  concern: Concern,
  command: { id: string; digest: string },
  decide: (loop: Loop) => LoopEvent[],
): ConcernEvent[] {
  const before = concern.commands?.find(({ id }) => id === command.id);
  if (isRepeat(before, command)) return [];
  return [...decide(concern.loop), { type: 'concern.command-taken', ...command }];
}

export function evolveConcern(state: Concern | undefined, event: ConcernEvent): Concern {
  if (event.type === 'concern.carried') {
    const { type: _, raised, ...carried } = event;
    return { ...carried, loop: evolveLoop(undefined, raised) };
  }
  if (!state) throw new Error(`${event.type} before concern.carried`);
  switch (event.type) {
    case 'concern.command-taken': {
      const { id, digest } = event;
      return { ...state, commands: [...(state.commands ?? []), { id, digest }] };
    }
    case 'concern.families-told': {
      const before = state.told?.answerNo === event.answerNo ? state.told.familyRefs : [];
      return { ...state, told: { answerNo: event.answerNo, familyRefs: [...before, ...event.familyRefs] } };
    }
    case 'target.missed': {
      const loop = evolveLoop(state.loop, { type: 'told', event });
      return { ...state, loop, missedAnswerNo: state.loop.reportBack?.answerNo };
    }
    default:
      return { ...state, loop: evolveLoop(state.loop, event) };
  }
}

import type { HearbackEvent, Kind, Origin, Role } from '#contracts';

const sealed = 'x..x.x.x';
/** Minutes after a Monday morning in October 2026, so that every target of these loops is past. */
export const at = (minutes: number): string =>
  new Date(Date.parse('2026-10-05T17:00:00.000Z') + minutes * 60_000).toISOString();
interface Facts {
  origin?: Origin;
  orgId?: string;
  role?: Role;
  kind?: Kind;
  topic?: string;
  voices?: number;
  notSeenBy?: string[];
  lane?: 'open' | 'restricted';
}

/** An input of Phobos Elementary School about transport, unless said otherwise. */
export function raised(inputId: string, facts: Facts = {}): HearbackEvent {
  const {
    origin = 'intake',
    orgId = '00417-012',
    kind = 'concern',
    topic = 'transport',
    lane = 'open',
  } = facts;
  const { voices = 1, notSeenBy = [], role = 'student' } = facts;
  const rest = { language: 'en', anonymous: false, reachable: true, raisedAt: at(0), sealed };
  return {
    type: 'input.raised',
    inputId,
    origin,
    orgId,
    kind,
    topic,
    lane,
    voices,
    notSeenBy,
    role,
    ...rest,
  };
}

/** Routed after a minute, acknowledged after ten, answered after thirty. */
export function casework(inputId: string): HearbackEvent[] {
  const about = { inputId, origin: 'intake' as const, caseId: `case-${inputId}`, teamId: 'transport' };
  return [
    {
      type: 'case.routed',
      ...about,
      teamName: 'Transport',
      teamOrgId: '00417',
      participation: 'inform',
      acknowledgeBy: at(24 * 60),
      answerBy: at(7 * 24 * 60),
      rule: 'fallback',
      at: at(1),
    },
    { type: 'case.acknowledged', ...about, by: 'person-1', at: at(10) },
    {
      type: 'case.answered',
      ...about,
      answerNo: 1,
      outcome: 'done',
      participation: 'inform',
      language: 'en',
      by: 'person-1',
      at: at(30),
      sealed,
    },
  ];
}

export const delivered = (inputId: string): HearbackEvent => ({
  type: 'answer.delivered',
  inputId,
  answerNo: 1,
  how: 'receipt',
  at: at(40),
});
export const confirmed = (inputId: string): HearbackEvent => ({
  type: 'closure.confirmed',
  inputId,
  answerNo: 1,
  at: at(50),
});

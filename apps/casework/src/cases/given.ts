import { expect } from '@jest/globals';
import type { InputRaised, LoopState } from '#contracts';
import type { WorkingCalendar } from '#loop';
import type { Case } from './case.js';
import type { CaseEvent } from './case-event.js';
import { evolveCase } from './evolve.js';
import type { AnswerCommand } from './rules/answer.js';
import { follow } from './rules/follow.js';
import type { OriginFact } from './rules/follow.js';
import type { By } from './rules/may.js';
import { openCase } from './rules/open.js';

/** Builders for the specs of a case: given(a case).when(a command).then(events). */

export const calendar: WorkingCalendar = { timeZone: 'America/Los_Angeles', holidays: [] };
/** A Monday, eight in the morning in Los Angeles. */
export const monday = '2026-11-30T16:00:00.000Z';
export const tuesday = '2026-12-01T16:00:00.000Z';

export const transport = { teamId: 'transport', name: 'Transport', orgId: 'district' };
export const nutrition = { teamId: 'nutrition', name: 'Nutrition', orgId: 'district' };
export const office = { orgId: 'district', teamId: 'district-office' };

export const member: By = { userId: 'tariq', lead: false, teams: ['transport'], marks: ['team:transport'] };
export const lead: By = { userId: 'lena', lead: true, teams: ['transport'], marks: ['team:transport'] };
export const receiver: By = { userId: 'nadia', lead: false, teams: ['nutrition'], marks: ['team:nutrition'] };
export const stranger: By = {
  userId: 'odette',
  lead: false,
  teams: ['office-012'],
  marks: ['team:office-012'],
};

export function raised(changes: Partial<InputRaised> = {}): InputRaised {
  return {
    type: 'input.raised',
    inputId: 'input-1',
    origin: 'intake',
    orgId: 'school',
    topic: 'meals',
    kind: 'concern',
    lane: 'open',
    voices: 1,
    role: 'family',
    language: 'es',
    anonymous: false,
    reachable: true,
    notSeenBy: [],
    raisedAt: monday,
    sealed: 'a..b.c.d',
    ...changes,
  };
}

/** A case as it is right after input.raised, with the team transport and the district office above it. */
export function routed(changes: Partial<InputRaised> = {}, hiddenFrom: string[] = []): Case {
  const route = { team: transport, rule: 'buses', nextLevel: office };
  const events = openCase(raised(changes), { district: 'moon', route, hiddenFrom, calendar, now: monday });
  return fold(undefined, events)!;
}

export function fold(state: Case | undefined, events: readonly CaseEvent[]): Case | undefined {
  return events.reduce<Case | undefined>(evolveCase, state);
}

/** The case after what origin and team said, in this order. */
export function after(state: Case, ...steps: ((state: Case) => CaseEvent[])[]): Case {
  return steps.reduce((current, step) => fold(current, step(current))!, state);
}

export function said(fact: Record<string, unknown> & { type: OriginFact['type'] }, at = tuesday) {
  return (state: Case) =>
    follow(state, { inputId: 'input-1', at, ...fact } as unknown as OriginFact, calendar);
}

export const answering: AnswerCommand = {
  by: member,
  at: tuesday,
  today: '2026-12-01',
  outcome: 'done',
  language: 'en',
  sealed: { 'input-1': 'w..x.y.z' },
};

/** A case whose loop is in this state, by the shortest way that leads there without anybody acknowledging apart. */
export function inState(state: LoopState, from: Case): Case {
  return { ...from, inputs: from.inputs.map((input) => ({ ...input, state })) };
}

export function given(state: Case) {
  return {
    when: <C>(rule: (state: Case, command: C) => CaseEvent[], command: C) => {
      const decide = () => rule(state, command);
      return {
        /** These events and no others, each with at least these fields. Owed mails are left out. */
        then: (...events: (Partial<CaseEvent> & { type: CaseEvent['type'] })[]) => {
          const happened = decide().filter((event) => event.type !== 'mail-owed');
          expect(happened.map((event) => event.type)).toEqual(events.map((event) => event.type));
          events.forEach((event, i) => expect(happened[i]).toMatchObject(event));
        },
        thenMails: (...about: string[]) =>
          expect(
            decide().flatMap((e) => (e.type === 'mail-owed' ? [`${e.mail.about} → ${e.mail.teamId}`] : [])),
          ).toEqual(about),
        thenRefused: (refusal: {
          name?: string;
          field?: string;
          rule?: string;
          state?: string;
          allowed?: string[];
        }) => {
          let thrown: unknown;
          try {
            decide();
          } catch (error) {
            thrown = error;
          }
          expect(thrown).toMatchObject(refusal);
        },
      };
    },
  };
}

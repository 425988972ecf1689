import { describe, expect, it } from '@jest/globals';
import { StateRefuses, Unknown } from '#contracts';
import type { CaseAnswered } from '#contracts';
import { message, withdraw } from '#loop';
import { evolveRound, openRound } from '../rounds/round.js';
import type { Round } from '../rounds/round.js';
import {
  carryConcern,
  evolveConcern,
  once,
  reportBack,
  reportBackDue,
  takeAnswer,
  wakeConcern,
  wakeConcernAt,
} from './concern.js';
import type { Concern, ConcernEvent } from './concern.js';

// A Monday, in the morning of Los Angeles.
const now = '2026-10-05T16:00:00.000Z';
const due = '2026-10-13T00:00:00.000Z';
const sealed = 'eyJhbGciOiJkaXIifQ..aXY.d29yZHM.dGFn';
const calendar = { timeZone: 'America/Los_Angeles', holidays: [] };

const familyRefs = ['f1', 'f2', 'f3', 'f4', 'f5'];
const round = (
  [
    ...openRound(
      {
        ...{ orgId: '00417-012', title: 'Buses', brief: '', representative: 'rep-1', digest: 'd' },
        ...{ opensAt: '2026-10-01T00:00:00.000Z', closesAt: '2026-10-20T00:00:00.000Z' },
      },
      '2026-10-01T00:00:00.000Z',
    ),
    {
      type: 'round.families-listed',
      families: familyRefs.map((familyRef) => ({ familyRef, language: 'es', contactAllowed: true })),
    },
  ] as const
).reduce<Round | undefined>(evolveRound, undefined)!;
const input = { inputId: 'input-1', topic: 'transport', kind: 'concern' as const, language: 'es', sealed };
const carry = (families: string[], at = now) =>
  carryConcern(round, { roundId: 'round-1', families, digest: 'd1', input }, at);
const given = (...events: ConcernEvent[]): Concern =>
  [...carry(['f1', 'f2', 'f3', 'f4']), ...events].reduce<Concern | undefined>(evolveConcern, undefined)!;
const answer = (answerNo = 1): CaseAnswered => ({
  ...{
    type: 'case.answered',
    inputId: 'input-1',
    origin: 'family-council',
    caseId: 'case-1',
    teamId: 'transport',
  },
  ...{ answerNo, outcome: 'done', participation: 'consult', language: 'en', by: 'ann', at: now, sealed },
});
const taken = (concern: Concern, answerNo = 1) => takeAnswer(concern, answer(answerNo), calendar, now);
const answered = given(...taken(given()));
const report = (concern: Concern, yes: number, no: number, noReply: number, told: string[], answerNo = 1) =>
  reportBack(concern, { answerNo, yes, no, noReply, sealed }, told, now);
const after = (concern: Concern, events: ConcernEvent[]) =>
  events.reduce<Concern | undefined>(evolveConcern, concern)!;
const rule = (field: string, name: string) => expect.objectContaining({ field, rule: name });

describe('a concern', () => {
  it('is raised as one input that has the voices of its families', () =>
    expect(carry(['f1', 'f2'])).toMatchObject([
      { type: 'concern.carried', families: ['f1', 'f2'] },
      {
        ...{ type: 'input.raised', origin: 'family-council', orgId: '00417-012', voices: 2, role: 'family' },
        ...{ anonymous: true, onBehalfOf: 'representative' },
      },
    ]));
  it('may have been heard up to 60 days before', () => {
    const heard = (heardAt: string) =>
      carryConcern(
        round,
        { roundId: 'round-1', families: ['f1'], digest: 'd1', input: { ...input, heardAt } },
        now,
      )[1];
    expect(heard('2026-09-01T11:00:00.000Z')).toMatchObject({
      heardAt: '2026-09-01T11:00:00.000Z',
      raisedAt: now,
    });
    expect(() => heard('2026-08-06T15:59:59.000Z')).toThrow(rule('heardAt', 'at-most-60-days-back'));
    expect(() => heard('2026-10-05T16:00:00.001Z')).toThrow(rule('heardAt', 'not-in-the-future'));
  });
  it('counts a family once', () => expect(carry(['f1', 'f1'])[1]).toMatchObject({ voices: 1 }));
  it('stands only for families of the round', () =>
    expect(() => carry(['f1', 'f9'])).toThrow(rule('families.1', 'known-family')));
  it('is carried while the round is open', () =>
    expect(() => carry(['f1'], '2026-11-01T00:00:00.000Z')).toThrow(StateRefuses));
});

describe('an answer', () => {
  it('is owed to the families five working days later, at the end of the day', () =>
    expect(taken(given())).toMatchObject([
      { type: 'told' },
      { type: 'report-back.owed', inputId: 'input-1', answerNo: 1, dueAt: due, at: now },
    ]));
  it('of a higher number is owed anew', () =>
    expect(taken(answered, 2)).toMatchObject([{ type: 'told' }, { type: 'report-back.owed', answerNo: 2 }]));
  it('that is known already owes nothing', () =>
    expect(taken(answered, 1)).toMatchObject([{ type: 'told' }]));
  it('to a concern that was withdrawn owes nothing', () =>
    expect(taken(given(...withdraw(given().loop, {}, now)))).toMatchObject([{ type: 'told' }]));
  it('to a concern that is not known is parked', () =>
    expect(() => takeAnswer(undefined, answer(), calendar, now)).toThrow(Unknown));
});

describe('a report back', () => {
  it('delivers the loop, and settles it by quorum', () =>
    expect(report(answered, 2, 1, 1, ['f1', 'f2', 'f3'])).toMatchObject([
      { type: 'concern.families-told', familyRefs: ['f1', 'f2', 'f3'] },
      { type: 'answer.delivered', how: 'reported-back', answerNo: 1 },
      { type: 'closure.confirmed', replies: { yes: 2, no: 1, noReply: 1 }, sealed },
    ]));
  it('disputes when no is as strong as yes', () =>
    expect(report(answered, 1, 1, 2, ['f1', 'f2']).at(-1)).toMatchObject({ type: 'closure.disputed' }));
  it('below the quorum delivers and decides nothing', () =>
    expect(report(answered, 1, 0, 3, ['f1']).map(({ type }) => type)).toEqual([
      'concern.families-told',
      'answer.delivered',
      'replies-counted',
    ]));
  it('must add up to the families of the concern', () =>
    expect(() => report(answered, 2, 1, 2, familyRefs)).toThrow(rule('noReply', 'adds-up-to-voices')));
  it('must have told somebody whose concern it is', () =>
    expect(() => report(answered, 0, 0, 4, ['f5'])).toThrow(rule('familyRefs', 'families-of-the-concern')));
  it('has no replies of families that were not told', () =>
    expect(() => report(answered, 2, 1, 1, ['f1', 'f2', 'f5'])).toThrow(rule('yes', 'replied-were-told')));
  it('adds to the families that an earlier one told', () => {
    const first = after(answered, report(answered, 1, 0, 3, ['f1']));
    expect(report(first, 2, 0, 2, ['f2']).at(-1)).toMatchObject({ type: 'closure.confirmed' });
  });
  it('said again changes nothing', () => {
    const said = after(answered, report(answered, 2, 1, 1, ['f1', 'f2', 'f3']));
    expect(report(said, 2, 1, 1, ['f1', 'f2', 'f3'])).toEqual([]);
  });
  it('is about the newest answer', () => {
    const second = after(answered, taken(answered, 2));
    expect(() => report(second, 2, 1, 1, ['f1', 'f2', 'f3'], 1)).toThrow(StateRefuses);
  });
  it('needs an answer', () =>
    expect(() => report(given(), 2, 1, 1, ['f1'])).toThrow(rule('answerNo', 'known-answer')));
});

describe('the report-back target', () => {
  const missed = wakeConcern(answered, due);

  it('wakes the concern on the day due', () => expect(wakeConcernAt(answered)).toBe(due));
  it('missed is told once', () => {
    expect(missed).toMatchObject([
      {
        type: 'target.missed',
        inputId: 'input-1',
        origin: 'family-council',
        step: 'report-back',
        dueAt: due,
        at: due,
      },
    ]);
    const told = after(answered, missed);
    expect(wakeConcern(told, due)).toEqual([]);
    expect(wakeConcernAt(told)! > due).toBe(true);
  });
  it('is not missed before it is due', () => expect(wakeConcern(answered, now)).toEqual([]));
  it('ends with the report back', () => {
    const said = after(answered, report(answered, 2, 1, 1, ['f1', 'f2', 'f3']));
    expect(reportBackDue(said)).toBeUndefined();
    expect(wakeConcernAt(said)).toBeUndefined();
  });
  it('runs anew for a new answer, even after a miss', () => {
    const told = after(answered, missed);
    const second = after(told, takeAnswer(told, answer(2), calendar, '2026-10-14T16:00:00.000Z'));
    expect(wakeConcernAt(second)).toBe('2026-10-22T00:00:00.000Z');
  });
  it('missed does not keep the families from being told late', () =>
    expect(report(after(answered, missed), 3, 0, 1, ['f1', 'f2', 'f3']).at(-1)).toMatchObject({
      type: 'closure.confirmed',
    }));
});

describe('a message', () => {
  const command = { id: 'command-1', digest: 'd1' };
  const write = (state: Concern, digest = 'd1') =>
    once(state, { ...command, digest }, (loop) => message(loop, { language: 'en', sealed }, now));
  const written = write(given());

  it('is taken, with its command', () =>
    expect(written.map(({ type }) => type)).toEqual(['input.message', 'concern.command-taken']));
  it('again under the same key is the same message', () => expect(write(given(...written))).toEqual([]));
  it('with another body under the same key is refused', () =>
    expect(() => write(given(...written), 'd2')).toThrow(expect.objectContaining({ rule: 'same-body' })));
});

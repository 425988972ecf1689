import { describe, expect, it } from '@jest/globals';
import { addWorkingDays } from '#loop';
import { caseAggregate, wakeAt } from './case.aggregate.js';
import { caseState, dueNext, isOverdue } from './case.js';
import type { Case } from './case.js';
import {
  after,
  answering,
  calendar,
  fold,
  given,
  inState,
  lead,
  member,
  monday,
  nutrition,
  raised,
  receiver,
  routed,
  said,
  stranger,
  tuesday,
} from './given.js';
import { answer, reopen } from './rules/answer.js';
import { wake } from './rules/clock.js';
import { isHiddenFrom } from './rules/may.js';
import { openCase } from './rules/open.js';
import { later } from './rules/time.js';
import { transfer } from './rules/transfer.js';
import { acknowledge, assign, changeParticipation, message, note } from './rules/work.js';

const at = tuesday;
const sealed = { 'input-1': 'w..x.y.z' };
const taking = { by: member, at };
const writing = { by: member, at, language: 'en', waits: false, sealed };
const offering = {
  by: member,
  at,
  team: nutrition,
  silentUntil: '2026-12-03T01:00:00.000Z',
  sealed: 'w..x.y.z',
};
const acknowledged = () => after(routed(), (state) => acknowledge(state, taking));
const answered = (from = acknowledged()) => after(from, (state) => answer(state, answering));
const delivered = (from = answered()) =>
  after(from, said({ type: 'answer.delivered', answerNo: 1, how: 'receipt' }));
const dispute = (answerNo: number) =>
  said({ type: 'closure.disputed', answerNo, partly: false, sealed: 'r..r.r.r' });

describe('opening', () => {
  it('routes at once, with the targets of the topic from raisedAt, and owes the team a mail', () => {
    const state = routed();
    expect(state.inputs[0]).toMatchObject({ state: 'routed' });
    expect(state.inputs[0]!.clock).toMatchObject({
      acknowledgeBy: addWorkingDays(monday, 1, calendar),
      answerBy: addWorkingDays(monday, 5, calendar),
    });
    expect(state.participation).toBe('inform');
    expect(state.mails.map((mail) => mail.what)).toEqual(['arrived']);
  });

  it('says at once that a team without an address is not mailed', () => {
    const events = openCase(raised(), {
      district: 'moon',
      route: { team: { teamId: 'transport', name: 'Transport', orgId: 'district' }, rule: 'buses' },
      hasAddress: false,
      hiddenFrom: [],
      calendar,
      now: monday,
    });
    const state = fold(undefined, events)!;
    expect(state.mails).toEqual([]);
    expect(state.undelivered).toMatchObject([{ what: 'arrived', result: 'no address' }]);
  });

  it('fixes the participation level of the topic at routing', () =>
    expect(routed({ topic: 'special-education' }).participation).toBe('collaborate'));

  it('only records restricted input: no team sees it', () => {
    const events = openCase(raised({ lane: 'restricted' }), {
      district: 'moon',
      hiddenFrom: [],
      calendar,
      now: monday,
    });
    expect(events.map((event) => event.type)).toEqual(['case-opened']);
    expect(caseAggregate.index!(fold(undefined, events)!)).toMatchObject({ teams: [], open: true });
  });
});

describe('who may act', () => {
  it('another team’s case is refused', () =>
    given(routed()).when(acknowledge, { by: stranger, at }).thenRefused({ name: 'NotPermitted' }));
  it('for those named in notSeenBy there is no such case, even in their own team', () =>
    given(routed({}, ['team:transport']))
      .when(acknowledge, taking)
      .thenRefused({ message: 'no such case' } as never));
  it('a school that is named hides the case from everyone of it', () =>
    expect(isHiddenFrom(routed({}, ['org:school', 'lead:school']), ['team:other', 'org:school'])).toBe(true));
});

describe('acknowledging', () => {
  it('is published once', () =>
    given(routed()).when(acknowledge, taking).then({ type: 'case.acknowledged', by: 'tariq' }));
  it('again changes nothing', () => given(acknowledged()).when(acknowledge, taking).then());
  it('is implied by assigning', () =>
    given(routed())
      .when(assign, { ...taking, userId: 'tariq' })
      .then({ type: 'case.acknowledged', implied: 'assign' }, { type: 'case.assigned', userId: 'tariq' }));
  it('is implied by writing', () =>
    given(routed())
      .when(message, writing)
      .then({ type: 'case.acknowledged', implied: 'message' }, { type: 'case.message', messageNo: 1 }));
  it('is implied by answering', () =>
    given(routed())
      .when(answer, answering)
      .then({ type: 'case.acknowledged', implied: 'answer' }, { type: 'case.answered', answerNo: 1 }));
  it('is not implied by a note', () =>
    given(routed()).when(note, { by: member, at, sealed: 'w..x.y.z' }).then({ type: 'note-written' }));
});

describe('answering', () => {
  const raisedTo = (topic: string) => routed({ topic });
  it('numbers answers of an input from 1, and n+1 replaces n', () =>
    given(answered()).when(answer, answering).then({ type: 'case.answered', answerNo: 2 }));
  it('owes shapedBy at consult', () =>
    given(raisedTo('transport')).when(answer, answering).thenRefused({ field: 'shapedBy' }));
  it('owes shapedBy at collaborate', () =>
    given(raisedTo('special-education')).when(answer, answering).thenRefused({ field: 'shapedBy' }));
  it('is complete with shapedBy', () =>
    given(raisedTo('transport'))
      .when(answer, { ...answering, shapedBy: 'The stop moved.' })
      .then({ type: 'case.acknowledged' }, { type: 'case.answered', participation: 'consult' }));
  it.each([
    [{ outcome: 'planned' }, 'promiseDate', 'owed-when-planned'],
    [{ outcome: 'planned', promiseDate: '2026-12-01' }, 'promiseDate', 'in-the-future'],
    [{ outcome: 'done', promiseDate: '2026-12-02' }, 'promiseDate', 'only-when-planned'],
    [{ outcome: 'declined' }, 'reason', 'owed-when-declined'],
    [{ outcome: 'not ours' }, 'handedTo', 'owed-when-not-ours'],
    [{ outcome: 'already answered' }, 'answerRef', 'owed-when-already-answered'],
    [{ outcome: 'already answered', answerRef: 'input-9' }, 'answerRef', 'readable-by-originator'],
    [{ outcome: 'already answered', answerRef: 'input-1' }, 'answerRef', 'readable-by-originator'],
    [{ outcome: 'matched' }, 'outcome', 'matched-offers-only'],
    [{ outcome: 'thanked' }, 'outcome', 'thanked-praise-only'],
  ] as const)('%j is refused: %s, %s', (wrong, field, rule) =>
    given(routed())
      .when(answer, { ...answering, ...wrong })
      .thenRefused({ name: 'RuleBroken', field, rule }),
  );
  it.each([
    [{ outcome: 'planned', promiseDate: '2026-12-02' }, {}],
    [{ outcome: 'declined', reason: 'No driver.' }, {}],
    [{ outcome: 'not ours', handedTo: 'The city: 311.' }, {}],
    [{ outcome: 'already answered', answerRef: 'input-0' }, { linkedTo: 'input-0' }],
    [{ outcome: 'matched' }, { kind: 'offer' }],
    [{ outcome: 'thanked' }, { kind: 'praise' }],
  ] as const)('%j is complete', (right, input) =>
    given(after(routed(input), (state) => acknowledge(state, taking)))
      .when(answer, { ...answering, ...right })
      .then({ type: 'case.answered', outcome: right.outcome }),
  );
  it('refuses an input of another case', () =>
    given(routed())
      .when(answer, { ...answering, inputIds: ['input-2'] })
      .thenRefused({ field: 'inputIds' }));
});

describe('participation', () => {
  const consulted = routed({ topic: 'transport' });
  it('anyone of the team may raise it', () =>
    given(consulted)
      .when(changeParticipation, { ...taking, level: 'involve' })
      .then({ type: 'case.participation-changed', from: 'consult', level: 'involve' }));
  it('lowering takes a lead', () =>
    given(consulted)
      .when(changeParticipation, { ...taking, level: 'inform', reason: 'Decided by law.' })
      .thenRefused({ name: 'NotPermitted' }));
  it('lowering owes a reason', () =>
    given(consulted)
      .when(changeParticipation, { by: lead, at, level: 'inform' })
      .thenRefused({ field: 'reason' }));
  it('lowered by a lead, the reason goes to the originator', () =>
    given(consulted)
      .when(changeParticipation, { by: lead, at, level: 'inform', reason: 'Decided by law.', sealed })
      .then({ type: 'case.participation-changed', level: 'inform', sealed: 'w..x.y.z' }));
  it('the same level changes nothing', () =>
    given(consulted)
      .when(changeParticipation, { ...taking, level: 'consult' })
      .then());
});

describe('waiting for the originator', () => {
  const waiting = () => after(acknowledged(), (state) => message(state, { ...writing, waits: true }));
  it('pauses the clock: nothing is at risk, missed or late', () => {
    const state = waiting();
    expect(caseState(state)).toBe('waiting');
    expect(wake(state, '2027-03-01T00:00:00.000Z')).toEqual([]);
    expect(isOverdue(state, '2027-03-01T00:00:00.000Z')).toBe(false);
  });
  it('ends with any message of the originator, and the target moves by the time waited', () => {
    const state = waiting();
    const wrote = said(
      { type: 'input.message', messageNo: 1, language: 'es', sealed: 'm..m.m.m' },
      later(at, 3_600_000),
    );
    const answerBy = later(state.inputs[0]!.clock!.answerBy, 3_600_000);
    expect(wrote(state)).toContainEqual(expect.objectContaining({ type: 'case.resumed', answerBy }));
    expect(caseState(after(state, wrote))).toBe('open');
    expect(dueNext(after(state, wrote))).toMatchObject({ step: 'answer', at: answerBy });
  });
  it('is refused while nothing is owed', () =>
    given(answered())
      .when(message, { ...writing, waits: true })
      .thenRefused({ field: 'waitForReply' }));
});

describe('transferring', () => {
  const offered = () => after(acknowledged(), (state) => transfer(state, offering));
  it('offers: until it is accepted the sender owns it and may act', () => {
    expect(offered().team).toMatchObject({ teamId: 'transport' });
    given(offered()).when(note, { by: member, at, sealed: 'w..x.y.z' }).then({ type: 'note-written' });
  });
  it('tells the other team by mail', () =>
    given(acknowledged()).when(transfer, offering).thenMails('offered → nutrition'));
  it('is accepted when the other team acknowledges', () =>
    given(offered())
      .when(acknowledge, { by: receiver, at })
      .then(
        { type: 'case.transferred', fromTeamId: 'transport', teamId: 'nutrition', by: 'nadia' },
        { type: 'case.acknowledged', teamId: 'nutrition' },
      ));
  it('the other team may do nothing that does not accept it', () =>
    given(offered())
      .when(note, { by: receiver, at, sealed: 'w..x.y.z' })
      .thenRefused({ name: 'NotPermitted' }));
  it('is accepted by a working day of silence', () =>
    given(offered())
      .when(wake, offering.silentUntil)
      .then({ type: 'case.transferred', teamId: 'nutrition', by: 'tariq' }));
  it('does not extend the targets', () => {
    const before = offered();
    const state = after(before, (current) => acknowledge(current, { by: receiver, at }));
    expect(state.inputs[0]!.clock).toEqual(before.inputs[0]!.clock);
    expect(state).toMatchObject({ team: nutrition, takenOn: true });
    expect(state.pending).toBeUndefined();
  });
  it('the sender has no say afterwards', () => {
    const state = after(offered(), (current) => acknowledge(current, { by: receiver, at }));
    given(state).when(note, { by: member, at, sealed: 'w..x.y.z' }).thenRefused({ name: 'NotPermitted' });
  });
  it('ends when the sender answers after all', () =>
    given(offered())
      .when(answer, answering)
      .then({ type: 'transfer-dropped' }, { type: 'case.answered', teamId: 'transport' }));
  it('cannot go to a team that the originator named', () =>
    given(routed({}, ['team:nutrition']))
      .when(transfer, offering)
      .thenRefused({ field: 'teamId', rule: 'may-see-it' }));
  it('cannot go to where it is', () =>
    given(routed())
      .when(transfer, { ...offering, team: { teamId: 'transport', name: 'Transport', orgId: 'district' } })
      .thenRefused({ field: 'teamId', rule: 'another-team' }));
});

describe('the originator’s word', () => {
  it('delivered stands only for the newest answer', () => {
    expect(delivered().inputs[0]!.state).toBe('delivered');
    const replaced = after(answered(), (state) => answer(state, answering));
    expect(delivered(replaced).inputs[0]!.state).toBe('answered');
  });
  it('a delivered plan is a promise, and open', () => {
    const planned = after(acknowledged(), (state) =>
      answer(state, { ...answering, outcome: 'planned', promiseDate: '2027-01-15' }),
    );
    expect(delivered(planned).inputs[0]!.state).toBe('promised');
    expect(caseState(delivered(planned))).toBe('answered');
  });
  it('confirmed closes', () =>
    expect(caseState(after(delivered(), said({ type: 'closure.confirmed', answerNo: 1 })))).toBe('closed'));
  it('praise that was delivered is closed without being asked', () => {
    const thanked = after(routed({ kind: 'praise' }), (state) =>
      answer(state, { ...answering, outcome: 'thanked' }),
    );
    expect(caseState(delivered(thanked))).toBe('closed');
  });
  it('a dispute reopens that loop, and the answer clock goes on with what was left', () => {
    const state = delivered();
    const left = state.inputs[0]!.clock!.left!;
    const friday = '2026-12-04T16:00:00.000Z';
    const events = said({ type: 'closure.disputed', answerNo: 1, partly: false }, friday)(state);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'case.reopened', cause: 'dispute', answerBy: later(friday, left) }),
    );
    expect(after(state, () => events).inputs[0]!.state).toBe('disputed');
  });
  it('leaves one working day at the least', () => {
    const late = after(acknowledged(), (state) =>
      answer(state, { ...answering, at: '2027-01-04T16:00:00.000Z' }),
    );
    const day = '2027-01-05T16:00:00.000Z';
    expect(said({ type: 'closure.disputed', answerNo: 1, partly: true }, day)(late)).toContainEqual(
      expect.objectContaining({ type: 'case.reopened', answerBy: addWorkingDays(day, 1, calendar) }),
    );
  });
  it('a dispute of an answer that was replaced reopens nothing, and its words reach the team', () => {
    const replaced = after(delivered(), (state) => answer(state, answering));
    const state = after(replaced, dispute(1));
    expect(state.inputs[0]).toMatchObject({ state: 'answered', disputes: 0 });
    expect(state.thread).toHaveLength(1);
  });
  it('a late dispute after silence reopens', () => {
    const silent = after(delivered(), said({ type: 'closure.unconfirmed', answerNo: 1, why: 'silent' }));
    expect(caseState(silent)).toBe('closed');
    expect(after(silent, dispute(1)).inputs[0]!.state).toBe('disputed');
  });
  it('a second dispute tells the next level', () => {
    const once = after(delivered(), dispute(1), (state) => answer(state, answering));
    const events = dispute(2)(once);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'case-escalated', cause: 'second dispute' }),
    );
    expect(events.flatMap((e) => (e.type === 'mail-owed' ? [e.mail.teamId] : []))).toEqual([
      'transport',
      'district-office',
    ]);
  });
  it('each dispute is a mail of its own, also one of the same answer after it was taken back', () => {
    const yes = said({ type: 'closure.confirmed', answerNo: 1 });
    const { mails } = after(delivered(), dispute(1), yes, dispute(1));
    const names = mails.filter(({ about }) => about === 'disputed').map(({ what }) => what);
    expect(new Set(names).size).toBe(2);
  });
  it('withdrawn closes', () =>
    expect(caseState(after(acknowledged(), said({ type: 'input.withdrawn' })))).toBe('closed'));
  it('erased blanks every word and refuses new ones', () => {
    const state = after(delivered(), dispute(1), said({ type: 'input.erased' }));
    expect(JSON.stringify(state)).not.toMatch(/"sealed":/);
    given(state).when(note, { by: member, at, sealed: 'w..x.y.z' }).thenRefused({ name: 'StateRefuses' });
  });
});

describe('reopening', () => {
  const reopening = { by: member, at: '2026-12-02T16:00:00.000Z', calendar, sealed };
  it('goes on with the loop acknowledged, and tells the reason', () => {
    given(delivered())
      .when(reopen, reopening)
      .then({ type: 'case.reopened', cause: 'team', sealed: 'w..x.y.z' });
    expect(after(delivered(), (state) => reopen(state, reopening)).inputs[0]!.state).toBe('acknowledged');
  });
  it('a yes, or silence, that the origin told before it knew leaves the loop open; only a dispute counts', () => {
    const reopened = after(delivered(), (state) => reopen(state, reopening));
    const told = (fact: Parameters<typeof said>[0]) => after(reopened, said(fact)).inputs[0]!.state;
    expect(told({ type: 'closure.confirmed', answerNo: 1 })).toBe('acknowledged');
    expect(told({ type: 'closure.unconfirmed', answerNo: 1, why: 'silent' })).toBe('acknowledged');
    expect(told({ type: 'closure.disputed', answerNo: 1, partly: false })).toBe('disputed');
  });
  it('a dispute that came with its own yes leaves what the team took back with the team', () => {
    const reopened = after(delivered(), (state) => reopen(state, reopening));
    const crossed = after(reopened, dispute(1), said({ type: 'closure.confirmed', answerNo: 1 }));
    expect(crossed.inputs[0]!.state).toBe('acknowledged');
    const again = after(crossed, (state) => answer(state, answering));
    expect(after(again, said({ type: 'closure.confirmed', answerNo: 2 })).inputs[0]!.state).toBe('confirmed');
  });
  it('silence after an erasure closes what nobody can work on any more', () => {
    const reopened = after(delivered(), (state) => reopen(state, reopening), said({ type: 'input.erased' }));
    const silent = said({ type: 'closure.unconfirmed', answerNo: 1, why: 'silent' });
    expect(caseState(after(reopened, silent))).toBe('closed');
  });
  it('an unsettled loop takes a lead', () => {
    given(inState('unsettled', delivered()))
      .when(reopen, reopening)
      .thenRefused({ name: 'StateRefuses', allowed: [] });
    given(inState('unsettled', delivered()))
      .when(reopen, { ...reopening, by: lead })
      .then({ type: 'case.reopened' });
  });
});

describe('clocks', () => {
  const { acknowledgeBy, answerBy, acknowledgeRiskAt, answerRiskAt } = routed().inputs[0]!.clock!;
  it('at four fifths of the time the lead is told, once', () => {
    given(routed()).when(wake, acknowledgeRiskAt).then({ type: 'target-at-risk', step: 'acknowledge' });
    given(routed()).when(wake, acknowledgeRiskAt).thenMails('at-risk → transport');
    const told = after(routed(), (state) => wake(state, acknowledgeRiskAt));
    given(told).when(wake, acknowledgeRiskAt).then();
  });
  it('a missed target is charged to who holds it, and the next level is told, once', () => {
    given(routed())
      .when(wake, acknowledgeBy)
      .then({ type: 'target.missed', step: 'acknowledge', teamId: 'transport', escalatedTo: 'district' });
    given(routed()).when(wake, acknowledgeBy).thenMails('missed → district-office');
    const missed = after(routed(), (state) => wake(state, acknowledgeBy));
    given(missed).when(wake, acknowledgeBy).then();
  });
  it('an acknowledged case owes the answer', () => {
    expect(dueNext(acknowledged())).toMatchObject({ step: 'answer', at: answerBy });
    given(acknowledged()).when(wake, answerRiskAt).then({ type: 'target-at-risk', step: 'answer' });
    given(acknowledged()).when(wake, answerBy).then({ type: 'target.missed', step: 'answer' });
  });
  it('an answered case owes nothing', () => given(answered()).when(wake, '2027-06-01T00:00:00.000Z').then());
  it('wakes for the earliest of mail, risk, miss and silence, and never without need', () => {
    const mailed = (state: Case) =>
      state.mails.map(({ what }) => ({ type: 'mail-settled' as const, what, result: 'sent' as const, at }));
    const quiet = after(routed(), mailed);
    expect(wakeAt(routed())).toBe(monday);
    expect(wakeAt(quiet)).toBe(acknowledgeRiskAt);
    expect(wakeAt(after(quiet, (state) => wake(state, acknowledgeRiskAt), mailed))).toBe(acknowledgeBy);
    expect(
      wakeAt(after(quiet, (state) => transfer(state, { ...offering, silentUntil: monday }), mailed)),
    ).toBe(monday);
    const done = after(answered(), mailed);
    expect(wakeAt(done)).toBeUndefined();
  });
});

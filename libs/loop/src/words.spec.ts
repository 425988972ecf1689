import { describe as about, expect, it } from '@jest/globals';
import { RuleBroken, StateRefuses, Unknown } from '#contracts';
import {
  acknowledged,
  answered,
  begun,
  confirmed,
  day,
  delivered,
  disputed,
  erased,
  inputId,
  loopIn,
  loopOf,
  raised,
  reopened,
  routed,
  sealed,
  teamWrote,
  transferred,
  unconfirmed,
  withdrawn,
} from './given.js';
import {
  allowedActions,
  confirm,
  deliver,
  describe as describeSelf,
  dispute,
  erase,
  evolveLoop,
  message,
  newestAnswer,
  open,
  raise,
  take,
  undeliverable,
  wakeAt,
  withdraw,
} from './index.js';
import type { LoopEvent } from './index.js';

const { type: _, ...facts } = raised();
const answeredOnce = [raised(), routed, acknowledged, answered()];

about('raising', () => {
  it('is one fact, as it was said', () => expect(raise(facts, begun)).toEqual([raised()]));
  it('does not happen in the future', () =>
    expect(() => raise({ ...facts, raisedAt: day(1) }, begun)).toThrow(
      expect.objectContaining({ field: 'raisedAt' }),
    ));
  it('takes what was heard sixty days before', () =>
    expect(raise({ ...facts, heardAt: day(-60) }, begun)).toHaveLength(1));
  it('refuses what was heard more than sixty days before', () =>
    expect(() => raise({ ...facts, heardAt: day(-61) }, begun)).toThrow(
      expect.objectContaining({ field: 'heardAt', rule: 'at-most-60-days-back' }),
    ));
  it('refuses what will be heard', () =>
    expect(() => raise({ ...facts, heardAt: day(1) }, begun)).toThrow(
      expect.objectContaining({ field: 'heardAt' }),
    ));
});

about('messages', () => {
  it('of the originator are counted from 1, whatever the team wrote', () => {
    const loop = loopOf(
      raised(),
      routed,
      teamWrote(),
      ...message(loopOf(raised()), { language: 'es', sealed }, day(2)),
    );
    expect(message(loop, { language: 'es', sealed }, day(3))).toMatchObject([
      { messageNo: 2, language: 'es' },
    ]);
  });
  it('end the waiting of the team', () => {
    const waits = loopOf(raised(), routed, teamWrote(true));
    expect(waits.waiting).toBe(true);
    expect(
      loopOf(raised(), routed, teamWrote(true), ...message(waits, { language: 'en', sealed }, day(2)))
        .waiting,
    ).toBe(false);
  });
  it('a second one of the team does not end its waiting; a reopening does', () => {
    const waits = [raised(), routed, teamWrote(true), teamWrote(false)];
    expect(loopOf(...waits).waiting).toBe(true);
    expect(loopOf(...waits, reopened('dispute')).waiting).toBe(false);
  });
  it('are 300 at most', () => {
    const full = loopOf(raised(), routed, ...Array.from({ length: 300 }, () => teamWrote()));
    expect(() => message(full, { language: 'en', sealed }, day(2))).toThrow(RuleBroken);
  });
});

about('the last word on the newest answer wins until the team acts', () => {
  it('no may become yes', () =>
    expect(confirm(loopIn('disputed'), 1, day(5))).toMatchObject([
      { type: 'closure.confirmed', answerNo: 1 },
    ]));
  it('yes may become no', () =>
    expect(dispute(loopIn('confirmed'), { answerNo: 1, sealed }, day(5))).toMatchObject([
      { type: 'closure.disputed' },
    ]));
  it('the case that reopens by itself is not the team acting', () =>
    expect(
      confirm(loopOf(...answeredOnce, delivered(), disputed, reopened('dispute')), 1, day(5)),
    ).toHaveLength(1));
  for (const [what, act] of Object.entries({
    acknowledged,
    wrote: teamWrote(),
    transferred,
    reopened: reopened('team'),
  })) {
    it(`after the team ${what}, no stands`, () =>
      expect(() => confirm(loopOf(...answeredOnce, delivered(), disputed, act), 1, day(5))).toThrow(
        StateRefuses,
      ));
  }
  it('a disputed plan stays disputed', () => {
    const plan = [
      raised(),
      routed,
      answered(1, { outcome: 'planned', promiseDate: '2026-10-01' }),
      delivered(),
    ];
    expect(() => confirm(loopOf(...plan, disputed), 1, day(5))).toThrow(StateRefuses);
  });
  it('a word on an old answer is refused', () => {
    const twice = loopOf(...answeredOnce, delivered(), disputed, answered(2), delivered(2));
    expect(() => confirm(twice, 1, day(5))).toThrow(/answer 2 has replaced it/);
    expect(() => dispute(twice, { answerNo: 1, sealed }, day(5))).toThrow(StateRefuses);
    expect(confirm(twice, 2, day(5))).toHaveLength(1);
  });
  it('a word on an answer that never was breaks a rule', () =>
    expect(() => confirm(loopIn('delivered'), 2, day(5))).toThrow(
      expect.objectContaining({ field: 'answerNo' }),
    ));
});

about('a loop is bounded', () => {
  it('in the words on its answers', () => {
    const back = Array.from({ length: 50 }, () => [disputed, confirmed]).flat();
    expect(() =>
      dispute(loopOf(...answeredOnce, delivered(), ...back), { answerNo: 1, sealed }, day(5)),
    ).toThrow(RuleBroken);
  });
  it('in its descriptions', () => {
    const about_ = { standings: [], groups: [] };
    const told20 = Array.from({ length: 20 }, () => describeSelf(loopIn('raised'), about_, day(1))).flat();
    expect(() => describeSelf(loopOf(raised(), ...told20), about_, day(1))).toThrow(RuleBroken);
  });
});

about('it came back', () => {
  const late = day(4 + 31);
  it('within thirty days opens the same loop', () =>
    expect(allowedActions(loopIn('confirmed'), day(34))).toContain('dispute'));
  it('later is a new input, and the refusal says so', () =>
    expect(() => dispute(loopIn('confirmed'), { answerNo: 1, sealed }, late)).toThrow(
      /raise a new input and link it/,
    ));
  it('yes again is still nothing new', () => expect(confirm(loopIn('confirmed'), 1, late)).toEqual([]));
});

about('delivery', () => {
  it('is told once', () => {
    const loop = loopIn('answered');
    const [event] = deliver(loop, 1, 'email', day(3)) as [LoopEvent];
    expect(event).toEqual({ type: 'answer.delivered', inputId, answerNo: 1, how: 'email', at: day(3) });
    expect(open(loopOf(...answeredOnce, event), 'receipt', day(4))).toEqual([]);
  });
  it('of an old answer is refused', () =>
    expect(() => deliver(loopOf(...answeredOnce, answered(2)), 1, 'email', day(4))).toThrow(StateRefuses));
  it('of a plan makes a promise, not a settlement', () => {
    const plan = loopIn('promised');
    expect(wakeAt(plan)).toBeUndefined();
    expect(confirm(plan, 1, day(5))).toEqual([{ type: 'plan-accepted', answerNo: 1, at: day(5) }]);
  });
  it('after thirty days is still a fact, and closes nothing anew', () => {
    const loop = loopOf(...answeredOnce, unconfirmed('unreached'));
    const late = open(loop, 'receipt', day(40));
    expect(late).toHaveLength(1);
    expect(loopOf(...answeredOnce, unconfirmed('unreached'), ...late)).toMatchObject({
      state: 'unconfirmed',
    });
  });
  it('refused for good by a channel is told once, and not of what is delivered', () => {
    const refusal = { answerNo: 1, channel: 'email' as const, reason: '550' };
    const once = undeliverable(loopIn('answered'), refusal, day(3));
    expect(once).toMatchObject([{ type: 'answer.undeliverable', reason: '550' }]);
    expect(undeliverable(loopOf(...answeredOnce, ...once), refusal, day(4))).toEqual([]);
    expect(undeliverable(loopIn('delivered'), refusal, day(4))).toEqual([]);
  });
  it('never happens to what was withdrawn', () => {
    const loop = loopOf(raised(), routed, withdrawn, answered());
    expect(loop).toMatchObject({ state: 'withdrawn', answers: [] });
    expect(open(loop, 'receipt', day(4))).toEqual([]);
  });
});

about('erasure', () => {
  const gone = loopOf(
    ...answeredOnce,
    delivered(),
    disputed,
    ...message(loopIn('disputed'), { language: 'en', sealed }, day(5)),
    erased,
  );
  it('blanks every word and keeps the count', () => {
    expect(JSON.stringify(gone)).not.toContain(sealed);
    expect(gone).toMatchObject({ voices: 1, erasedAt: day(6) });
    expect(gone.answers).toHaveLength(1);
    expect(gone.messages).toHaveLength(1);
  });
  it('keeps nothing that somebody said about themselves', () => {
    const about_ = { standings: ['most-impacted' as const], groups: ['disability'] };
    const loop = loopOf(raised(), ...describeSelf(loopIn('raised'), about_, day(1)), erased);
    expect(JSON.stringify(loop)).not.toMatch(/most-impacted|disability/);
  });
  it('keeps no word that comes late', () =>
    expect(
      JSON.stringify(loopOf(raised(), routed, erased, answered(), teamWrote(), reopened('team'))),
    ).not.toContain(sealed));
  it('leaves nothing to do, and says why', () => {
    expect(allowedActions(gone)).toEqual([]);
    expect(() => message(gone, { language: 'en', sealed }, day(7))).toThrow(/erased/);
  });
  it('again is nothing', () => expect(erase(gone, day(7))).toEqual([]));
});

about('what casework says', () => {
  it('is taken as it came, wrapped, so that nobody publishes it twice', () =>
    expect(take(loopIn('raised'), routed.event)).toEqual([routed]));
  it('closes an erased loop again that the team took back before it knew', () => {
    const gone = loopOf(
      raised(),
      routed,
      acknowledged,
      answered(),
      delivered(),
      unconfirmed('silent'),
      erased,
    );
    const taken = take(gone, reopened('team').event);
    expect(taken).toMatchObject([
      { type: 'told' },
      { type: 'closure.unconfirmed', inputId, answerNo: 1, why: 'silent' },
    ]);
    expect(taken.reduce(evolveLoop, gone).state).toBe('unconfirmed');
    expect(take(gone, reopened('dispute').event)).toHaveLength(1);
  });
  it('about an input that this origin does not have is unknown', () =>
    expect(() => take(undefined, routed.event)).toThrow(Unknown));
  it('tells the team, the targets and the participation level', () =>
    expect(loopIn('routed')).toMatchObject({
      team: { teamId: 'transport', name: 'Transport' },
      targets: { answerBy: day(7) },
      participation: 'consult',
    }));
  it('names the new team after a transfer, without a new state', () =>
    expect(loopOf(raised(), routed, transferred)).toMatchObject({
      state: 'routed',
      team: { name: 'School office' },
    }));
  it('moves the target when the clock resumes', () => {
    const resumed = {
      type: 'case.resumed',
      inputId,
      origin: 'intake',
      caseId: 'case-1',
      answerBy: day(9),
      at: day(3),
    };
    expect(
      loopOf(raised(), routed, teamWrote(true), { type: 'told', event: resumed as never }),
    ).toMatchObject({
      waiting: false,
      targets: { acknowledgeBy: day(1), answerBy: day(9) },
    });
  });
  it('an answer that is known already changes nothing', () =>
    expect(loopOf(...answeredOnce, delivered(), confirmed, answered(1))).toEqual(
      loopOf(...answeredOnce, delivered(), confirmed),
    ));
  it('a new answer replaces the old one, even a settled one', () => {
    const loop = loopOf(...answeredOnce, delivered(), confirmed, answered(2));
    expect(loop.state).toBe('answered');
    expect(newestAnswer(loop)?.answerNo).toBe(2);
    expect(withdraw(loop, {}, day(5))).toHaveLength(1);
  });
});

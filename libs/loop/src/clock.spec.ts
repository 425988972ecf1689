import { describe as about, expect, it } from '@jest/globals';
import { StateRefuses } from '#contracts';
import { acknowledged, answered, day, delivered, loopIn, loopOf, raised, routed, sealed } from './given.js';
import { allowedActions, dispute, isSettled, wake, wakeAt } from './index.js';

const answeredOnce = [raised(), routed, acknowledged, answered()];
const praise = [raised({ kind: 'praise' }), routed, acknowledged, answered(1, { outcome: 'thanked' })];

about('silence is never a yes', () => {
  it('thirty days without delivery: unreached', () => {
    expect(wakeAt(loopIn('answered'))).toBe(day(32));
    expect(wake(loopIn('answered'), day(31))).toEqual([]);
    expect(wake(loopIn('answered'), day(32))).toMatchObject([
      { type: 'closure.unconfirmed', why: 'unreached' },
    ]);
  });
  it('a new answer begins the thirty days anew', () =>
    expect(wakeAt(loopOf(...answeredOnce, answered(2)))).toBe(day(33)));
  it('fifteen days without a reply: asked again; thirty: silent', () => {
    expect(wakeAt(loopIn('delivered'))).toBe(day(18));
    const again = wake(loopIn('delivered'), day(18));
    const loop = loopOf(...answeredOnce, delivered(), ...again);
    expect(wake(loop, day(18))).toEqual([]);
    expect(wakeAt(loop)).toBe(day(33));
    expect(wake(loop, day(33))).toMatchObject([{ type: 'closure.unconfirmed', why: 'silent', answerNo: 1 }]);
  });
  it('a clock that stood still still leaves fifteen days for the second asking', () => {
    const loop = loopOf(...answeredOnce, delivered(), ...wake(loopIn('delivered'), day(100)));
    expect(wakeAt(loop)).toBe(day(115));
  });
});

about('praise', () => {
  it('is passed on and thanked, and not asked whether it is settled', () => {
    const loop = loopOf(...praise, delivered());
    expect(loop.state).toBe('delivered');
    expect(isSettled(loop)).toBe(true);
    expect(wakeAt(loop)).toBeUndefined();
    expect(allowedActions(loop)).toEqual(['message', 'confirm', 'about-me']);
    expect(() => dispute(loop, { answerNo: 1, sealed }, day(5))).toThrow(StateRefuses);
  });
  it('that reaches nobody is unreached like any other', () =>
    expect(wake(loopOf(...praise), day(32))).toMatchObject([{ why: 'unreached' }]));
  it('is the only kind whose delivered loop is settled', () =>
    expect(isSettled(loopIn('delivered'))).toBe(false));
});

import { describe, expect, it } from '@jest/globals';
import { caseAggregate } from '../case.aggregate.js';
import type { CaseEvent } from '../case-event.js';
import { fold, routed, tuesday as at } from '../given.js';
import { deliveriesOf, mostTries, nextTry, resendMail } from './mails.js';

const settled = (result: 'sent' | 'refused' | 'no address' | 'given up', code?: string): CaseEvent[] => [
  { type: 'mail-settled', what: 'arrived', result, at, ...(code && { code }) },
];
const failed = fold(routed(), settled('given up'))!;
const ivo = { by: 'ivo', why: 'the server is back' };

describe('a mail to a team', () => {
  it('is tried for some two days, an hour apart at most', () => {
    let waited = 0;
    for (let tries = 0; tries < mostTries; tries += 1)
      waited += Date.parse(nextTry(tries, at)) - Date.parse(at);
    expect(waited / 3_600_000).toBeGreaterThan(44);
    expect(waited / 3_600_000).toBeLessThan(52);
  });
  it('that did not arrive is kept, with why, and no clock wakes for it', () => {
    const states = [settled('given up'), settled('refused', '550'), settled('no address')].map((events) => {
      const state = fold(routed(), events)!;
      expect(state.mails).toEqual([]);
      expect(caseAggregate.index!(state)).toMatchObject({ undelivered: [deliveriesOf(state)[0]!.state] });
      return deliveriesOf(state).map(({ state: is, reason, endedAt }) => [is, reason, endedAt]);
    });
    expect(states).toEqual([
      [['exhausted', 'no answer from the mail server', at]],
      [['refused', '550', at]],
      [['refused', 'the team has no address for it', at]],
    ]);
  });
  it('that was sent leaves nothing behind', () => {
    const sent = fold(routed(), settled('sent'))!;
    expect(deliveriesOf(sent)).toEqual([]);
    expect(caseAggregate.index!(sent)).not.toHaveProperty('undelivered');
  });
  it('is owed anew by hand, as the same mail, with who and why; the case as people read it stays the same version', () => {
    const again = fold(failed, resendMail(failed, 'arrived', ivo, at))!;
    expect(again.mails).toMatchObject([
      { what: 'arrived', tries: 0, nextTryAt: at, resent: [{ ...ivo, at }] },
    ]);
    expect(again.undelivered).toEqual([]);
    expect(again.history.at(-1)).toEqual({ at, what: 'mail sent again', by: 'ivo', detail: 'arrived' });
    expect(again.revision).toBe(failed.revision);
    const inVain = fold(again, settled('refused', '550'))!;
    expect(deliveriesOf(inVain)).toMatchObject([{ state: 'refused', mail: { resent: [ivo] } }]);
  });
  it('is not sent again while it is tried by itself, nor when there is none', () => {
    expect(() => resendMail(routed(), 'arrived', ivo, at)).toThrow(/cannot resend while owed: it is tried/);
    expect(() => resendMail(failed, 'wrote 1', ivo, at)).toThrow('no such delivery');
    const sent = fold(routed(), settled('sent'))!;
    expect(() => resendMail(sent, 'arrived', ivo, at)).toThrow('no such delivery');
  });
});

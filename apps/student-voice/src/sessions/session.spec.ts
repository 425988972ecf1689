import { describe, expect, it } from '@jest/globals';
import { StateRefuses } from '#contracts';
import {
  MOST_CODES,
  codeNoOf,
  evolveSession,
  issueCodes,
  openSession,
  stageOf,
  takeResponse,
} from './session.js';
import type { OpenSession, Session, SessionEvent } from './session.js';

const before = '2026-10-05T09:00:00.000Z';
const now = '2026-10-05T11:00:00.000Z';
const later = '2026-10-06T11:00:00.000Z';

const command: OpenSession = {
  orgId: '00417-051',
  title: 'Lunch and the late bus',
  questions: ['What would make lunch better?', 'How do you get home?'],
  opensAt: '2026-10-05T10:00:00.000Z',
  closesAt: '2026-10-06T10:00:00.000Z',
  anonymous: true,
  adviser: 'adviser-1',
  digest: 'd1',
};
const given = (...events: SessionEvent[]): Session =>
  [...openSession(command, before), ...events].reduce<Session | undefined>(evolveSession, undefined)!;
const codes = (...hashes: string[]): SessionEvent => ({
  type: 'session.codes-issued',
  batchId: 'batch-1',
  digest: 'b1',
  hashes,
});
const taken = (codeHash: string, responseId: string): SessionEvent => ({
  type: 'session.response-taken',
  codeHash,
  responseId,
});
const rule = (field: string, name: string) => expect.objectContaining({ field, rule: name });
const answers = ['More greens', ''];

describe('a session', () => {
  it('is not open, then open, then closed', () =>
    expect([before, command.opensAt, now, command.closesAt].map((at) => stageOf(command, at))).toEqual([
      'not open yet',
      'open',
      'open',
      'closed',
    ]));
  it('cannot close before it opens', () =>
    expect(() => openSession({ ...command, closesAt: command.opensAt }, before)).toThrow(
      rule('closesAt', 'after-opens-at'),
    ));
  it('cannot be over when it is opened', () =>
    expect(() => openSession(command, later)).toThrow(rule('closesAt', 'in-the-future')));
});

describe('codes', () => {
  const issue = (session: Session, hashes: string[], batchId = 'batch-2', at = before) =>
    issueCodes(session, { batchId, digest: 'b2', hashes }, at);

  it('are kept as hashes, numbered in the order of issue', () => {
    const session = given(codes('h1', 'h2'), ...issue(given(codes('h1', 'h2')), ['h3']));
    expect(session).toMatchObject({ codes: ['h1', 'h2', 'h3'], batches: [{ firstNo: 1 }, { firstNo: 3 }] });
  });
  it('of the same request are issued once', () =>
    expect(issueCodes(given(codes('h1')), { batchId: 'batch-1', digest: 'b1', hashes: ['h1'] }, now)).toEqual(
      [],
    ));
  it('another body under the same key is refused', () =>
    expect(() => issue(given(codes('h1')), ['h1', 'h2'], 'batch-1')).toThrow(
      rule('Idempotency-Key', 'same-body'),
    ));
  it(`are ${MOST_CODES} at most`, () =>
    expect(() => issue(given(codes('h1')), Array<string>(MOST_CODES).fill('h'))).toThrow(
      rule('count', `at-most-${MOST_CODES}-codes`),
    ));
  it('are not issued for a session that is over', () =>
    expect(() => issue(given(), ['h1'], 'batch-2', later)).toThrow(StateRefuses));
});

describe('a response', () => {
  const session = given(codes('h1', 'h2', 'h3'));
  const take = (state: Session, codeHash: string, responseId: string, said = answers, at = now) =>
    takeResponse(state, { codeHash, responseId, answers: said }, at);

  it('uses its code', () => expect(take(session, 'h1', 'r1')).toEqual([taken('h1', 'r1')]));
  it('replayed is the same response', () =>
    expect(take(given(codes('h1'), taken('h1', 'r1')), 'h1', 'r1', answers, later)).toEqual([]));
  it('second with the same code is refused', () =>
    expect(() => take(given(codes('h1'), taken('h1', 'r1')), 'h1', 'r2')).toThrow(
      expect.objectContaining({ state: 'answered with this code', allowed: ['result'] }),
    ));
  it('has one answer a question', () =>
    expect(() => take(session, 'h1', 'r1', ['only one'])).toThrow(rule('answers', 'one-for-each-question')));
  it('says something', () =>
    expect(() => take(session, 'h1', 'r1', ['', ' \u200B\0'])).toThrow(rule('answers', 'not-all-empty')));
  it.each([
    [before, 'not open yet'],
    [later, 'closed'],
  ])('is taken only while the session is open', (at, state) =>
    expect(() => take(session, 'h1', 'r1', answers, at)).toThrow(expect.objectContaining({ state })),
  );
  it('cannot be joined with its code: the order of either says nothing of the other', () => {
    const one = given(codes('h1', 'h2', 'h3'), taken('h2', 'r3'), taken('h1', 'r1'), taken('h3', 'r2'));
    const other = given(codes('h1', 'h2', 'h3'), taken('h3', 'r1'), taken('h1', 'r2'), taken('h2', 'r3'));
    expect(one).toEqual(other);
  });
  it('shows the number of its code only in a session that is not anonymous', () => {
    expect(codeNoOf(session, 'h2')).toBeUndefined();
    expect(codeNoOf({ ...session, anonymous: false }, 'h2')).toBe(2);
  });
});

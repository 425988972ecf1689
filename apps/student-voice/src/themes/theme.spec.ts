import { describe, expect, it } from '@jest/globals';
import { StateRefuses } from '#contracts';
import { message, open, take, wake } from '#loop';

import type { Session } from '../sessions/session.js';
import { bodyOf, closeTheme, evolveTheme, once, raiseTheme, themeWords, wakeThemeAt } from './theme.js';
import type { Theme, ThemeEvent } from './theme.js';

const now = '2026-10-05T11:00:00.000Z';
const sealed = 'eyJhbGciOiJkaXIifQ..aXY.d29yZHM.dGFn';
const session = { orgId: '00417-051', responses: ['r1', 'r2', 'r3', 'r4'] } as Session;
const input = { inputId: 'input-1', topic: 'meals', kind: 'concern' as const, language: 'en', sealed };
const draw = (...responseIds: string[]) =>
  raiseTheme(session, { sessionId: 'session-1', responseIds, digest: 'd1', input }, now);
const given = (...events: ThemeEvent[]): Theme =>
  [...draw('r1', 'r2', 'r3', 'r4'), ...events].reduce<Theme | undefined>(evolveTheme, undefined)!;
const answered = (answerNo = 1): ThemeEvent =>
  take(given().loop, {
    ...{
      type: 'case.answered',
      inputId: 'input-1',
      origin: 'student-voice',
      caseId: 'case-1',
      teamId: 'nutrition',
    },
    ...{ answerNo, outcome: 'done', participation: 'inform', language: 'en', by: 'ann', at: now, sealed },
  })[0]!;
const close = (theme: Theme, yes: number, no: number, noReply: number, answerNo = 1) =>
  closeTheme(theme, { answerNo, yes, no, noReply, sealed }, now);
const replies = (yes: number, no: number, noReply: number) => ({ replies: { yes, no, noReply } });

describe('a theme', () => {
  it('is raised as one input that carries its voices', () =>
    expect(draw('r1', 'r3')).toMatchObject([
      { type: 'theme.drawn', sessionId: 'session-1', responseIds: ['r1', 'r3'] },
      {
        ...{ type: 'input.raised', inputId: 'input-1', origin: 'student-voice', orgId: '00417-051' },
        ...{ voices: 2, role: 'student', anonymous: true, lane: 'open', raisedAt: now },
      },
    ]));
  it('may have been heard up to 60 days before', () => {
    const heard = (heardAt: string) =>
      raiseTheme(
        session,
        { sessionId: 'session-1', responseIds: ['r1'], digest: 'd1', input: { ...input, heardAt } },
        now,
      )[1];
    expect(heard('2026-09-01T11:00:00.000Z')).toMatchObject({
      heardAt: '2026-09-01T11:00:00.000Z',
      raisedAt: now,
    });
    expect(() => heard('2026-08-06T10:59:59.000Z')).toThrow(
      expect.objectContaining({ field: 'heardAt', rule: 'at-most-60-days-back' }),
    );
    expect(() => heard('2026-10-05T11:00:00.001Z')).toThrow(
      expect.objectContaining({ field: 'heardAt', rule: 'not-in-the-future' }),
    );
  });
  it('counts a response once', () => expect(draw('r1', 'r1', 'r2')[1]).toMatchObject({ voices: 2 }));
  it('is drawn only from responses of its session', () =>
    expect(() => draw('r1', 'other')).toThrow(
      expect.objectContaining({ field: 'responseIds.1', rule: 'known-response' }),
    ));
  it('gives the team its title with its text, and the session both apart', () => {
    expect(themeWords('Lunch', 'It is cold.').text).toBe('Lunch\n\nIt is cold.');
    expect(bodyOf(themeWords('Lunch', 'It is cold.'))).toBe('It is cold.');
  });
  it('is delivered by opening the result, once', () => {
    const theme = given(answered());
    const opened = open(theme.loop, 'session', now);
    expect(opened).toMatchObject([{ type: 'answer.delivered', how: 'session', answerNo: 1 }]);
    expect(open(given(answered(), ...opened).loop, 'session', now)).toEqual([]);
  });
});

describe('closure in numbers', () => {
  it('delivers what the group was asked about, and confirms when the quorum says yes', () =>
    expect(close(given(answered()), 3, 1, 0)).toMatchObject([
      { type: 'answer.delivered', how: 'session' },
      { type: 'closure.confirmed', answerNo: 1, ...replies(3, 1, 0), sealed },
    ]));
  it('disputes when no is as strong as yes', () =>
    expect(close(given(answered()), 1, 1, 2).at(-1)).toMatchObject({
      type: 'closure.disputed',
      partly: false,
      ...replies(1, 1, 2),
    }));
  it('decides nothing below the quorum, but delivers', () =>
    expect(close(given(answered()), 1, 0, 3).map(({ type }) => type)).toEqual([
      'answer.delivered',
      'replies-counted',
    ]));
  it('must add up to the voices', () =>
    expect(() => close(given(answered()), 3, 1, 1)).toThrow(
      expect.objectContaining({ field: 'noReply', rule: 'adds-up-to-voices' }),
    ));
  it('is about an answer that there is', () =>
    expect(() => close(given(), 3, 1, 0)).toThrow(expect.objectContaining({ field: 'answerNo' })));
  it('is about the newest answer', () =>
    expect(() => close(given(answered(1), answered(2)), 3, 1, 0, 1)).toThrow(StateRefuses));
  it('said again changes nothing', () => {
    const said = close(given(answered()), 3, 1, 0);
    expect(close(given(answered(), ...said), 3, 1, 0)).toEqual([]);
  });
});

describe('silence', () => {
  it('for thirty days without anybody opening the result closes the loop as unreached', () => {
    const theme = given(answered());
    const due = wakeThemeAt(theme)!;
    expect(due).toBe('2026-11-04T11:00:00.000Z');
    expect(wake(theme.loop, due)).toMatchObject([{ type: 'closure.unconfirmed', why: 'unreached' }]);
  });
  it('means nothing before there is an answer', () => expect(wakeThemeAt(given())).toBeUndefined());
});

describe('a message', () => {
  const command = { id: 'command-1', digest: 'd1' };
  const write = (state: Theme, digest = 'd1') =>
    once(state, { ...command, digest }, (loop) => message(loop, { language: 'en', sealed }, now));
  const written = write(given());

  it('is taken, with its command', () =>
    expect(written.map(({ type }) => type)).toEqual(['input.message', 'theme.command-taken']));
  it('again under the same key is the same message', () => expect(write(given(...written))).toEqual([]));
  it('with another body under the same key is refused', () =>
    expect(() => write(given(...written), 'd2')).toThrow(expect.objectContaining({ rule: 'same-body' })));
});

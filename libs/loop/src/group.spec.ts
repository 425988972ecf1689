import { describe as about, expect, it } from '@jest/globals';
import { RuleBroken, StateRefuses } from '#contracts';
import { answered, day, delivered, inputId, loopIn, loopOf, raised, routed, sealed } from './given.js';
import { defaultQuorum, reply } from './index.js';
import type { Loop, LoopEvent } from './index.js';

const theme = [
  raised({ origin: 'student-voice', voices: 9, anonymous: true }),
  routed,
  answered(),
  delivered(),
];
const loop = loopOf(...theme);
const say = (yes: number, no: number, noReply: number, given: Loop = loop) =>
  reply(given, { answerNo: 1, yes, no, noReply, sealed }, day(5));
const after = (...events: LoopEvent[]) => loopOf(...theme, ...events);

about('a group answers in numbers', () => {
  it('that add up to those it stands for', () =>
    expect(() => say(5, 2, 1)).toThrow(
      expect.objectContaining({ field: 'noReply', rule: 'adds-up-to-voices' }),
    ));
  it('half of them, rounded up, are the quorum', () =>
    expect([1, 2, 9, 10].map(defaultQuorum)).toEqual([1, 1, 5, 5]));
  it('confirmed: the quorum replied and yes leads; the minority reaches the team in words', () =>
    expect(say(3, 2, 4)).toEqual([
      {
        type: 'closure.confirmed',
        inputId,
        answerNo: 1,
        at: day(5),
        replies: { yes: 3, no: 2, noReply: 4 },
        sealed,
      },
    ]));
  it('disputed: the quorum replied and no is as strong as yes', () =>
    expect(say(3, 3, 3)).toMatchObject([
      { type: 'closure.disputed', partly: false, replies: { yes: 3, no: 3 } },
    ]));
  it('below the quorum nothing is decided: the numbers are kept and the loop stays delivered', () => {
    const counted = say(4, 0, 5);
    expect(counted).toMatchObject([{ type: 'replies-counted', replies: { yes: 4 } }]);
    expect(after(...counted)).toMatchObject({
      state: 'delivered',
      answers: [{ reply: { word: 'counted' } }],
    });
    expect(say(5, 0, 4, after(...counted))).toMatchObject([{ type: 'closure.confirmed' }]);
  });
  it('nobody replied is not a yes', () => expect(say(0, 0, 9)).toMatchObject([{ type: 'replies-counted' }]));
  it('a body may set a quorum of its own', () =>
    expect(reply(loop, { answerNo: 1, yes: 2, no: 0, noReply: 7, quorum: 2 }, day(5))).toMatchObject([
      { type: 'closure.confirmed' },
    ]));
  it('the same numbers again are the same word', () => {
    expect(say(3, 2, 4, after(...say(3, 2, 4)))).toEqual([]);
    expect(say(2, 4, 3, after(...say(2, 4, 3)))).toEqual([]);
    expect(say(1, 0, 8, after(...say(1, 0, 8)))).toEqual([]);
  });
  it('a decided word is not taken back by counting fewer', () =>
    expect(() => say(1, 0, 8, after(...say(5, 0, 4)))).toThrow(StateRefuses));
  it('later replies may turn it, as with one person', () => {
    expect(say(3, 6, 0, after(...say(3, 2, 4)))).toMatchObject([{ type: 'closure.disputed' }]);
    expect(say(6, 3, 0, after(...say(2, 3, 4)))).toMatchObject([{ type: 'closure.confirmed' }]);
  });
  it('before the answer is delivered they are refused', () =>
    expect(() => reply(loopIn('answered'), { answerNo: 1, yes: 1, no: 0, noReply: 0 }, day(5))).toThrow(
      StateRefuses,
    ));
  it('about an answer that never was they break a rule', () =>
    expect(() => reply(loop, { answerNo: 4, yes: 9, no: 0, noReply: 0 }, day(5))).toThrow(RuleBroken));
});

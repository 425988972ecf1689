import { describe as about, expect, it } from '@jest/globals';
import { evolveLoop } from '#loop';
import type { Loop, LoopEvent, TeamEvent, Told } from '#loop';
import { composeLetter } from './letter-text.js';
import {
  accepted,
  backOff,
  dueLetter,
  evolveLetters,
  givenUp,
  isSpent,
  letterTroubles,
  nextLetterAt,
  resend,
} from './letters.js';
import type { Letter, LetterEvent } from './letters.js';

const at = '2026-11-22T08:00:00.000Z';
const later = (ms: number) => new Date(Date.parse(at) + ms).toISOString();
const told = (event: object): Told => ({ type: 'told', event: event as TeamEvent });
const answered = (answerNo: number) => told({ type: 'case.answered', answerNo, at });
const wrote = told({ type: 'case.message', messageNo: 1, at });
const attempted = (when = at): LetterEvent => ({ type: 'letter-attempted', letter: 'answer-1', at: when });
const lettersOf = (...events: Parameters<typeof evolveLetters>[1][]) =>
  events.reduce<Letter[]>((letters, event) => evolveLetters(letters, event, true), []);

const attempts = (count: number) => Array.from({ length: count }, () => attempted());
const sixTimes = () => lettersOf(answered(1), ...attempts(6));
const loopOf = (...events: LoopEvent[]): Loop =>
  [{ type: 'input.raised', inputId: 'i', kind: 'concern', raisedAt: at } as LoopEvent, ...events].reduce<
    Loop | undefined
  >((state, event) => evolveLoop(state, event), undefined)!;

about('letters', () => {
  it('are owed for each answer and message of the team, at once', () => {
    expect(lettersOf(answered(1), wrote)).toEqual([
      { about: 'answer', no: 1, state: 'owed', attempts: 0, nextAt: at },
      { about: 'message', no: 1, state: 'owed', attempts: 0, nextAt: at },
    ]);
  });
  it('are owed to nobody who left no address', () =>
    expect(evolveLetters([], answered(1), false)).toEqual([]));
  it('about an answer that was replaced before it was sent are not sent', () =>
    expect(lettersOf(answered(1), answered(2))).toMatchObject([{ about: 'answer', no: 2 }]));
  it('ask again once, and not whoever has replied meanwhile', () => {
    const asked = { type: 'asked-again', answerNo: 1, at } as const;
    expect(lettersOf(asked)).toMatchObject([{ about: 'asked-again', state: 'owed' }]);
    expect(lettersOf(asked, { type: 'closure.confirmed', inputId: 'i', answerNo: 1, at })).toEqual([]);
  });
  it('are not sent after a withdrawal', () =>
    expect(lettersOf(answered(1), { type: 'input.withdrawn', inputId: 'i', at })).toEqual([]));
  it('the longest due goes first', () => {
    const letters = lettersOf(answered(1), attempted(), wrote);
    expect(dueLetter(letters, later(3_600_000))).toMatchObject({ about: 'message' });
    expect(dueLetter(lettersOf(answered(1)), later(-1))).toBeUndefined();
  });
});

about('an attempt', () => {
  it('is written down before it is made, and says when the next is due, should this one fail', () => {
    expect(lettersOf(answered(1), attempted())).toMatchObject([
      { state: 'owed', attempts: 1, nextAt: later(60_000) },
    ]);
    expect(nextLetterAt(lettersOf(answered(1), attempted()))).toBe(later(60_000));
  });
  it('that succeeds ends it', () => {
    const letters = lettersOf(answered(1), attempted(), { type: 'letter-sent', letter: 'answer-1', at });
    expect(letters).toEqual([{ about: 'answer', no: 1, state: 'sent', attempts: 1 }]);
    expect(nextLetterAt(letters)).toBeUndefined();
  });
  it('refused for good is seen, and not made again', () => {
    const letters = lettersOf(answered(1), attempted(), {
      type: 'letter-refused',
      letter: 'answer-1',
      reason: '550',
      at,
    });
    expect(nextLetterAt(letters)).toBeUndefined();
    expect(letterTroubles(letters)).toEqual(['answer-1 refused']);
  });
  it('waits a minute, five, half an hour, two hours, six, a day; after that one it is spent', () => {
    expect(backOff.map((ms) => ms / 60_000)).toEqual([1, 5, 30, 120, 360, 1440]);
    expect(isSpent(sixTimes()[0]!)).toBe(false);
    expect(isSpent(lettersOf(answered(1), ...attempts(7))[0]!)).toBe(true);
  });
  it('that was the last is looked at once more, should whoever made it have died before saying what came of it', () =>
    expect(nextLetterAt(lettersOf(answered(1), ...attempts(7)))).toBe(later(60_000)));
  it('that was the last and in vain exhausts the letter, which is seen, and its team is told', () => {
    const [letter] = lettersOf(answered(1), ...attempts(7));
    const loop = loopOf(answered(1));
    const events = givenUp(loop, letter!, at);
    expect(events).toMatchObject([
      { type: 'letter-exhausted', letter: 'answer-1' },
      { type: 'answer.undeliverable', answerNo: 1, reason: 'no answer from the mail server' },
    ]);
    const letters = lettersOf(answered(1), ...attempts(7), events[0] as LetterEvent);
    expect(letters).toMatchObject([
      { state: 'exhausted', attempts: 7, endedAt: at, reason: 'no answer from the mail server' },
    ]);
    expect(nextLetterAt(letters)).toBeUndefined();
    expect(letterTroubles(letters)).toEqual(['answer-1 exhausted']);
  });
});

about('a letter that failed', () => {
  const exhausted: LetterEvent = { type: 'letter-exhausted', letter: 'answer-1', at };
  const failed = lettersOf(answered(1), ...attempts(7), exhausted);
  const ivo = { by: 'ivo', why: 'the server is back' };

  it('is sent again by hand from the first attempt on, and remembers who and why', () => {
    const [event] = resend(failed, 'answer-1', ivo, later(5));
    expect(evolveLetters(failed, event!, true)).toEqual([
      {
        about: 'answer',
        no: 1,
        state: 'owed',
        attempts: 0,
        nextAt: later(5),
        resent: [{ ...ivo, at: later(5) }],
      },
    ]);
  });
  it('is not sent again while it is tried by itself, once it is sent, or when there is none', () => {
    const owed = lettersOf(answered(1));
    const sent = evolveLetters(owed, { type: 'letter-sent', letter: 'answer-1', at }, true);
    expect(() => resend(owed, 'answer-1', ivo, at)).toThrow(
      /cannot resend while owed: it is tried by itself, next at/,
    );
    expect(() => resend(sent, 'answer-1', ivo, at)).toThrow(/cannot resend while sent/);
    expect(() => resend(failed, 'answer-2', ivo, at)).toThrow('no such delivery');
  });
  it('is nobody’s care any more once its answer is replaced, came another way, or is not wanted', () => {
    const gone: Parameters<typeof evolveLetters>[1][] = [
      answered(2),
      { type: 'answer.delivered', inputId: 'i', answerNo: 1, how: 'receipt', at },
      { type: 'input.withdrawn', inputId: 'i', at },
    ];
    for (const event of gone) expect(letterTroubles(evolveLetters(failed, event, true))).toEqual([]);
  });
});

about('a letter that the mail server took', () => {
  const letter = (no = 1): Letter => ({ about: 'answer', no, state: 'owed', attempts: 1 });
  const raised = { type: 'input.raised', inputId: 'i', kind: 'concern', raisedAt: at };
  const loop = [raised, answered(1)].reduce<Loop | undefined>(
    (state, event) => evolveLoop(state, event as LoopEvent),
    undefined,
  )!;
  const types = (...given: Parameters<typeof accepted>) => accepted(...given).map(({ type }) => type);

  it('delivers the answer when it carries the answer’s words', () =>
    expect(types(loop, letter(), true, at)).toEqual(['letter-sent', 'answer.delivered']));
  it('delivers nothing when it is only a notice that there is an answer', () =>
    expect(types(loop, letter(), false, at)).toEqual(['letter-sent']));
  it('delivers nothing when its answer was replaced meanwhile', () =>
    expect(types(evolveLoop(loop, answered(2)), letter(1), true, at)).toEqual(['letter-sent']));
});

about('what a letter says', () => {
  const link = 'http://localhost:8080/receipt#moon-CODE';
  const words = {
    text: 'Two buses now.',
    shapedBy: 'You named the stop.',
    reason: 'Money',
    handedTo: 'The city',
  };
  it('is only that there is something, and where, unless they want the words in it', () => {
    const { subject, text } = composeLetter('answer', 'en', link);
    expect(subject).toBe('There is an answer to what you said');
    expect(text).toContain(link);
    expect(text).not.toContain('Two buses');
  });
  it('is the whole answer when they want it', () => {
    const { text } = composeLetter('answer', 'en', link, words);
    for (const word of Object.values(words)) expect(text).toContain(word);
  });
  it('is in the language of the input, the translation first', () => {
    const translations = [{ language: 'es', text: 'Ahora van dos autobuses.', by: 'person' as const }];
    const { subject, text } = composeLetter('answer', 'es', link, { text: 'Two buses now.', translations });
    expect(subject).toBe('Hay una respuesta a lo que nos dijo');
    expect(text.indexOf('dos autobuses')).toBeLessThan(text.indexOf('Two buses'));
  });
  it('never shows the answer when it asks again', () =>
    expect(composeLetter('asked-again', 'en', link, words).text).not.toContain('Two buses'));
});

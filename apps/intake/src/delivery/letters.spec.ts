import { describe as about, expect, it } from '@jest/globals';
import { evolveLoop } from '#loop';
import type { Loop, LoopEvent, TeamEvent, Told } from '#loop';
import { composeLetter } from './letter-text.js';
import { accepted, backOff, dueLetter, evolveLetters, letterTroubles, nextLetterAt } from './letters.js';
import type { Letter, LetterEvent } from './letters.js';

const at = '2026-11-22T08:00:00.000Z';
const later = (ms: number) => new Date(Date.parse(at) + ms).toISOString();
const told = (event: object): Told => ({ type: 'told', event: event as TeamEvent });
const answered = (answerNo: number) => told({ type: 'case.answered', answerNo, at });
const wrote = told({ type: 'case.message', messageNo: 1, at });
const attempted = (when = at): LetterEvent => ({ type: 'letter-attempted', letter: 'answer-1', at: when });
const lettersOf = (...events: Parameters<typeof evolveLetters>[1][]) =>
  events.reduce<Letter[]>((letters, event) => evolveLetters(letters, event, true), []);

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
  it('waits a minute, five, half an hour, two hours, six, a day; then it is exhausted, and seen', () => {
    expect(backOff.map((ms) => ms / 60_000)).toEqual([1, 5, 30, 120, 360, 1440]);
    const seven = lettersOf(answered(1), ...Array.from({ length: 7 }, () => attempted()));
    expect(seven).toMatchObject([{ state: 'exhausted', attempts: 7 }]);
    expect(letterTroubles(seven)).toEqual(['answer-1 exhausted']);
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

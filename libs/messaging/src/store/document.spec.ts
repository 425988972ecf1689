import { describe, expect, it } from '@jest/globals';
import type { AnswerDelivered, InputErased } from '#contracts';
import { trustedDistrict } from '#platform';
import type { Aggregate } from './aggregate.js';
import { advance, blank, guardedWrite, newDocument, seenSeq, withSeen } from './document.js';

interface Count {
  delivered: number;
  notes: number;
}
type Event = AnswerDelivered | InputErased | { type: 'noted' };

const aggregate: Aggregate<Count, Event> = {
  name: 'counts',
  evolve: (state = { delivered: 0, notes: 0 }, event) =>
    event.type === 'noted'
      ? { ...state, notes: state.notes + 1 }
      : { ...state, delivered: state.delivered + 1 },
  wakeAt: (state) => (state.notes > 0 ? '2026-11-22T09:00:00.000Z' : undefined),
  index: (state) => ({ notes: state.notes }),
};
const moon = trustedDistrict('moon');
const at = '2026-11-22T08:00:00.000Z';
const delivered = (inputId: string): AnswerDelivered => ({
  type: 'answer.delivered',
  inputId,
  answerNo: 1,
  how: 'receipt',
  at,
});

describe('a document and its events', () => {
  it('numbers published events within the document and within their key', () => {
    const document = advance(
      aggregate,
      blank<Count>(moon, 'x'),
      [delivered('a'), delivered('b'), delivered('a')],
      at,
    );
    expect(document.events.map(({ n, key, seq }) => [n, key, seq])).toEqual([
      [1, 'a', 1],
      [2, 'b', 1],
      [3, 'a', 2],
    ]);
  });

  it('keeps internal facts in the state alone', () => {
    const document = advance(aggregate, blank<Count>(moon, 'x'), [{ type: 'noted' }], at);
    expect(document.events).toEqual([]);
    expect(document).toMatchObject({
      count: 0,
      state: { notes: 1 },
      index: { notes: 1 },
      wakeAt: new Date('2026-11-22T09:00:00.000Z'),
    });
  });

  it('refuses an event that breaks its contract, before anything is written', () => {
    const broken = { ...delivered('a'), answerNo: 0 };
    expect(() => advance(aggregate, blank<Count>(moon, 'x'), [broken], at)).toThrow(/answerNo/);
  });

  it('forgets the key with the event that erases', () => {
    const document = { ...blank<Count>(moon, 'a'), secret: 'v1.wrapped' };
    expect(
      advance(aggregate, document, [{ type: 'input.erased', inputId: 'a', at }], at).secret,
    ).toBeUndefined();
  });

  it('leaves what it was given untouched', () => {
    const before = blank<Count>(moon, 'x');
    advance(aggregate, before, [delivered('a')], at);
    expect(before).toEqual(blank(moon, 'x'));
  });

  it('remembers the newest number of each publisher and key', () => {
    const document = withSeen(withSeen(blank<Count>(moon, 'x'), 'casework', 'a', 1), 'casework', 'a', 2);
    expect([
      seenSeq(document, 'casework', 'a'),
      seenSeq(document, 'casework', 'b'),
      seenSeq(document, 'intake', 'a'),
    ]).toEqual([2, 0, 0]);
  });

  it('remembers them in one order, whatever order they came in', () => {
    const came = [
      ['intake', 'b'],
      ['casework', 'b'],
      ['intake', 'a'],
      ['roster', 'b'],
    ] as const;
    const seenAfter = (order: readonly (readonly [string, string])[]): string[] =>
      order
        .reduce((document, [publisher, key]) => withSeen(document, publisher, key, 1), blank(moon, 'x'))
        .seen.map(({ publisher, key }) => `${publisher}/${key}`);
    expect(seenAfter(came)).toEqual(['casework/b', 'intake/a', 'intake/b', 'roster/b']);
    expect(seenAfter([...came].reverse())).toEqual(seenAfter(came));
  });
});

describe('the write', () => {
  it('is one document, guarded by the version it was decided on', () => {
    const before = { ...blank<Count>(moon, 'x'), version: 4 };
    const { updateMany } = guardedWrite(
      before,
      advance(aggregate, before, [delivered('a')], at),
    ) as never as {
      updateMany: { filter: object; update: { $set: object; $push: object }; upsert: boolean };
    };
    expect(updateMany.filter).toEqual({ _id: 'moon/x', version: 4 });
    expect(updateMany.upsert).toBe(true);
    expect(updateMany.update.$set).toMatchObject({ version: 5, pending: true });
    expect(updateMany.update.$push).toHaveProperty('events');
  });

  it('inserts a document that was not there', () => {
    const before = blank<Count>(moon, 'x');
    expect(guardedWrite(before, advance(aggregate, before, [delivered('a')], at))).toMatchObject({
      insertOne: { document: { _id: 'moon/x', version: 1, pending: true, mark: 0, count: 1 } },
    });
  });

  it('carries the district, and is pending only when there is something to publish', () => {
    expect(
      newDocument(advance(aggregate, blank<Count>(moon, 'x'), [{ type: 'noted' }], at)),
    ).not.toHaveProperty('pending');
    expect(newDocument(advance(aggregate, blank<Count>(moon, 'x'), [delivered('a')], at))).toMatchObject({
      district: 'moon',
      pending: true,
      version: 1,
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import type { Problem } from '#platform';
import { afterCursor, cursorOf } from './cursor.js';
import type { AggregateDocument } from './document.js';

const cursor = (values: unknown) => Buffer.from(JSON.stringify(values)).toString('base64url');
const broken = (text: string): unknown => {
  try {
    return afterCursor({ raisedAt: -1 }, text);
  } catch (error) {
    return [(error as Problem).status, (error as Problem).body()['errors']];
  }
};

describe('a cursor', () => {
  it('goes on after the last document of its page', () => {
    const last = { _id: 'moon/b', index: { raisedAt: '2026-11-22' } } as unknown as AggregateDocument;
    expect(afterCursor({ raisedAt: -1 }, cursorOf({ raisedAt: -1 }, last))).toEqual({
      $or: [
        { 'index.raisedAt': { $lt: '2026-11-22' } },
        { 'index.raisedAt': '2026-11-22', _id: { $gt: 'moon/b' } },
      ],
    });
  });

  it.each([
    ['no id', cursor([null, null])],
    ['a number for the id', cursor(['2026-11-22', 1])],
    ['an operator', cursor([{ $gt: '' }, 'moon/b'])],
    ['too few values', cursor(['moon/b'])],
    ['no list', cursor('moon/b')],
    ['no JSON', '%%%'],
  ])('with %s is refused', (_what, text) =>
    expect(broken(text)).toEqual([422, [expect.objectContaining({ field: 'cursor', rule: 'cursor' })]]),
  );
});

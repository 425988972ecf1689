import { describe, expect, it } from '@jest/globals';
import { beginning, isProbe, placeAfter } from './paging.js';
import type { Place, Received } from './paging.js';

const page = (count: number, more: Partial<Received> = {}): Received => ({
  count,
  again: 0,
  links: false,
  ...more,
});
const after = (here: Place, received: Received, resumed = false): Place | undefined =>
  placeAfter('users', here, received, resumed);

/** All pages, one after the other; the place behind the last, undefined at the end. */
const through = (...pages: Received[]): Place | undefined =>
  pages.reduce<Place | undefined>((here, one) => after(here!, one), beginning);

describe('a fetch ends', () => {
  it('when the total is reached by a page that is shorter than others', () =>
    expect(through(page(2, { total: 5 }), page(2, { total: 5 }), page(1, { total: 5 }))).toBeUndefined());
  it('when the total is reached and the Link header names no next page', () =>
    expect(through(page(4, { total: 4, links: true }))).toBeUndefined());
  it('without a total, when there is no next Link any more', () =>
    expect(through(page(2, { links: true, next: '?offset=2' }), page(2))).toBeUndefined());
  it('without a total and a Link, at an empty page', () => {
    expect(through(page(2), page(1))).toMatchObject({ page: 3, rows: 3 });
    expect(through(page(2), page(1), page(0))).toBeUndefined();
  });
  it('when there is nothing', () => expect(through(page(0, { total: 0 }))).toBeUndefined());
});

describe('a fetch goes on', () => {
  it('after the only page, since its total may be the length of that page', () => {
    const here = through(page(100, { total: 100 }))!;
    expect(here).toMatchObject({ page: 2, rows: 100 });
    expect(isProbe(here)).toBe(true);
    expect(isProbe(beginning)).toBe(false);
    expect(after(here, page(0, { total: 100 }))).toBeUndefined();
    expect(() => after(here, page(100, { total: 100 }))).toThrow(
      /200 rows came, expected no more than the total of 100/,
    );
  });
  it('behind the rows that came when a page is short', () =>
    expect(through(page(2, { total: 5 }), page(1, { total: 5 }))).toMatchObject({ rows: 3, page: 3 }));
  it('by offset where Links end before the total', () =>
    expect(through(page(2, { total: 5, links: true }))).toMatchObject({ rows: 2 }));
  it('with the last total that it heard of', () =>
    expect(() => through(page(2, { total: 5 }), page(2), page(0))).toThrow(
      /4 rows came to the end, expected the total of 5/,
    ));
});

describe('a fetch fails, and starts again,', () => {
  const here: Place = { ...beginning, page: 2, rows: 2, total: 5, first: 'A', widest: 2 };
  const failsWith = (message: RegExp, received: Received, resumed = false, from = here): void =>
    expect(() => after(from, received, resumed)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message), startAgain: true }),
    );

  it('when the total falls', () => failsWith(/^users, page 2: the total fell to 4/, page(2, { total: 4 })));
  it('when more rows came than the total', () => failsWith(/6 rows came/, page(4, { total: 5 })));
  it('when rows are missing at the end', () => failsWith(/2 rows came to the end/, page(0, { total: 5 })));
  it('when a page comes twice', () => failsWith(/came once more \(A\)/, page(2, { total: 5, first: 'A' })));
  it('when an empty page promises more', () =>
    failsWith(/empty page names a next/, page(0, { links: true, next: '?' })));
  it('when the total is another one after a break', () =>
    failsWith(/total is 6 now, expected 5/, page(2, { total: 6 }), true));
  it('when rows come again, but for as many as were added meanwhile', () => {
    failsWith(/2 rows came a second time/, page(2, { total: 6, again: 2 }));
    expect(after(here, page(2, { total: 6, again: 1 }))).toMatchObject({ grown: 1, again: 1, total: 6 });
  });
});

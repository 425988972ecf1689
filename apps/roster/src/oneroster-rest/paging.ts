import { FetchFailed } from './fetch-failed.js';
import type { Collection } from './rows.js';

/** Where a page begins, and what the pages before it said. It is what a broken-off fetch goes on with. */
export interface Place {
  /** The number of the page, from 1. */
  page: number;
  /** Rows received before it, which is its offset. */
  rows: number;
  /** Its address, when the page before named it. */
  link?: string;
  total?: number;
  /** The first id of the page before. */
  first?: string;
  /** The longest page so far, in rows. */
  widest: number;
  /** By how many rows the total grew while they were fetched. */
  grown: number;
  /** How many rows came that an earlier page had brought already. */
  again: number;
}

export const beginning: Place = { page: 1, rows: 0, widest: 0, grown: 0, again: 0 };

/** What counts of a page; see Page. `again`: how many of its rows earlier pages had. */
export interface Received {
  count: number;
  first?: string;
  again: number;
  total?: number;
  links: boolean;
  next?: string;
}

/**
 * Where to go on after a page; undefined when that was certainly the last. A short page ends nothing: services cap
 * pages as they like. Nor does a total alone: some report the page's length as total.
 * @param resumed whether `here` was kept by an earlier process.
 * @throws FetchFailed when rows are missing, or may be.
 */
export function placeAfter(
  file: Collection,
  here: Place,
  page: Received,
  resumed: boolean,
): Place | undefined {
  // Whatever does not add up now, pages already kept may be what is wrong.
  const fail = (problem: string): never => {
    throw new FetchFailed({ file, page: here.page }, problem, true);
  };
  const total = page.total ?? here.total;
  const more = page.total === undefined || here.total === undefined ? 0 : page.total - here.total;
  if (resumed && more !== 0)
    fail(`the total is ${page.total} now, expected ${here.total} as when fetching stopped`);
  if (more < 0)
    fail(`the total fell to ${page.total} while pages were fetched, expected ${here.total} or more`);
  if (page.count > 0 && page.first && page.first === here.first)
    fail(`the page before came once more (${page.first}), expected the rows from ${here.rows} on`);

  const rows = here.rows + page.count;
  const grown = here.grown + more;
  const again = here.again + page.again;
  if (total !== undefined && rows > total)
    fail(`${rows} rows came, expected no more than the total of ${total}`);
  // A new row pushes one across the border of two pages. More than that: the order changes, and others are left out.
  if (again > grown) fail(`${again} rows came a second time, expected each once; others may be missing`);

  const after: Place = {
    page: here.page + 1,
    rows,
    ...(page.next !== undefined && { link: page.next }),
    ...(total !== undefined && { total }),
    ...(page.first && { first: page.first }),
    widest: Math.max(here.widest, page.count),
    grown,
    again,
  };
  if (page.count === 0) {
    if (page.next !== undefined) fail('an empty page names a next one, expected rows or the end');
    if (total !== undefined && rows < total)
      fail(`${rows} rows came to the end, expected the total of ${total}`);
    return undefined;
  }
  if (page.next !== undefined) return after;
  const named = page.links || here.link !== undefined;
  if (total === undefined) return named ? undefined : after;
  if (rows === total && (named || page.count < here.widest)) return undefined;
  return after;
}

/** Whether every row that was promised is there, and this page is only asked for to see that there are no more. */
export function isProbe({ rows, total }: Place): boolean {
  return total !== undefined && rows >= total && rows > 0;
}

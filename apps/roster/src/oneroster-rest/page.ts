import { parsed } from '../http/request.js';
import type { Answer } from '../http/request.js';
import { FetchFailed } from './fetch-failed.js';
import type { Where } from './fetch-failed.js';
import { isResource } from './rows.js';
import type { Resource } from './rows.js';

/** What one answer says: its rows, and what it tells of the others. */
export interface Page {
  items: Resource[];
  /** X-Total-Count: how many rows there are in all. */
  total?: number;
  /** Whether there is a Link header at all: then its silence about a next page has a meaning. */
  links: boolean;
  /** Link rel=next, as it was written. */
  next?: string;
}

/**
 * Reads the answer to a request that came after `rows` others of its file.
 * @throws FetchFailed when it is not the page that was asked for.
 */
export function readPage(answer: Answer, rows: number, where: Where): Page {
  if (answer.status < 200 || answer.status > 299) {
    throw new FetchFailed(
      where,
      `the service answered ${answer.status}, expected a page of rows${hint(answer.status)}`,
    );
  }
  const total = totalOf(answer.headers, where);
  const link = answer.headers.get('link');
  const next = link === null ? undefined : nextOf(link);
  const items = itemsOf(answer, where, total !== undefined && total <= rows);
  return {
    items,
    links: link !== null,
    ...(total !== undefined && { total }),
    ...(next !== undefined && { next }),
  };
}

function itemsOf({ headers, body }: Answer, where: Where, mayLack: boolean): Resource[] {
  const { file } = where;
  const json = parsed(body);
  if (json === undefined) {
    const type = (headers.get('content-type') ?? 'no content type')
      .replaceAll(/[^\w/;=. -]/g, '')
      .slice(0, 60);
    throw new FetchFailed(
      where,
      `${body.length} characters (${type}) that are no whole JSON, expected {"${file}": […]}; ` +
        `see whether baseUrl leads to the service itself and not to a sign-in page`,
    );
  }
  const items = isResource(json) ? json[file] : undefined;
  // 1.2 makes the list optional, so that an empty one may be left out. Only a total makes that certain.
  if (items === undefined && isResource(json) && mayLack) return [];
  if (!Array.isArray(items))
    throw new FetchFailed(where, `the JSON has no list "${file}", expected {"${file}": […]}`);
  const odd = items.findIndex((item) => !isResource(item));
  if (odd !== -1)
    throw new FetchFailed(where, `row ${odd + 1} of the page is no object, expected one of ${file}`);
  return items as Resource[];
}

function totalOf(headers: Headers, where: Where): number | undefined {
  const text = headers.get('x-total-count');
  if (text === null) return undefined;
  if (!/^\d{1,12}$/.test(text))
    throw new FetchFailed(where, `X-Total-Count is no number, expected how many ${where.file} there are`);
  return Number(text);
}

/** RFC 8288, as far as paging needs it. */
function nextOf(header: string): string | undefined {
  for (const link of header.split(/,\s*(?=<)/)) {
    const [, address, parameters = ''] = /^\s*<([^>]*)>(.*)$/s.exec(link) ?? [];
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(parameters);
    if ((rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/).includes('next')) return address;
  }
  return undefined;
}

function hint(status: number): string {
  if (status === 400) return '; it must take limit, offset, sort, orderBy and filter as OneRoster says';
  if (status === 401) return '; the credentials were refused: check auth';
  if (status === 403) return '; the credentials may not read this: have the SIS grant it, or name its scope';
  if (status === 404) return '; check baseUrl, which ends with the version';
  return '';
}

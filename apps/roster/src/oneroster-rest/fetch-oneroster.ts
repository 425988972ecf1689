import { createHash } from 'node:crypto';
import { RuleBroken } from '#contracts';
import type { Feed } from '../feed/feed.js';
import type { Spool } from '../feed/spool.js';
import { ApiClient } from '../http/api-client.js';
import type { Answer } from '../http/request.js';
import { fileNames } from '../oneroster/columns.js';
import { credentialsFor } from './credentials.js';
import { FetchFailed } from './fetch-failed.js';
import type { Where } from './fetch-failed.js';
import { readPage } from './page.js';
import type { Page } from './page.js';
import { beginning, isProbe, placeAfter } from './paging.js';
import type { Place } from './paging.js';
import { rolesOf, rowOf, textOf } from './rows.js';
import type { Collection, Resource } from './rows.js';
import { checkSettings, pageSizes, timeouts } from './settings.js';
import type { OneRosterRestSettings } from './settings.js';

export interface FetchOptions {
  /** An ISO instant: only what changed since then is asked for, and the feed is a delta. */
  since?: string;
  signal: AbortSignal;
  /** Called after every page; `rows` in all so far. */
  told(progress: { file: Collection; rows: number; total?: number }): void;
  /** The first pause after a failed try, in ms; a second unless told. */
  pauseMs?: number;
}

/** In bytes, unpacked. */
const longestPage = 64 * 2 ** 20;

/** What a service may lack; the others are the roster. */
const mayLack: readonly Collection[] = ['academicSessions', 'courses', 'demographics'];
/** How services say that an offset is beyond the end, when they do not give an empty page. */
const beyond = [400, 404, 416, 422];

/**
 * Fetches a roster, or what changed of it, page by page into the spool. A run that broke off goes on at its page when
 * it is given the same spool and settings; one spool is for one run and nothing else.
 *
 * In a delta of OneRoster 1.2 a user comes with all roles that they still have: a role that is gone is not named.
 * @throws FetchFailed whenever a row may be missing (see its `startAgain`). RuleBroken for settings that cannot be used.
 * The signal's reason when it is aborted.
 */
export async function fetchOneRoster(
  settings: OneRosterRestSettings,
  spool: Spool,
  options: FetchOptions,
): Promise<Feed> {
  const [broken] = checkSettings(settings);
  if (broken) throw new RuleBroken(broken.field, broken.rule, broken.message);
  const since = options.since === undefined ? undefined : instantOf(options.since);
  const { pauseMs = 1000, signal } = options;
  const patience = { pauseMs, signal, timeoutMs: settings.timeoutMs ?? timeouts.default };
  const client = new ApiClient(credentialsFor(settings.auth, patience), longestPage, patience);
  const fetching = new Fetching(settings, since, client, spool, options);
  const ignored: string[] = [];
  for (const file of fileNames) {
    if (file === 'roles') continue;
    const absent = await fetching.all(file);
    if (absent) ignored.push(absent);
  }
  return spool.feed(settings.version, since ? 'delta' : 'bulk', ignored);
}

class Fetching {
  private readonly base: string;
  /** What a place was written for: it means nothing to another service or question. */
  private readonly question: string;

  constructor(
    private readonly settings: OneRosterRestSettings,
    private readonly since: string | undefined,
    private readonly client: ApiClient,
    private readonly spool: Spool,
    private readonly options: FetchOptions,
  ) {
    this.base = settings.baseUrl.replace(/\/+$/, '');
    this.question = createHash('sha256')
      .update(JSON.stringify([this.base, settings.version, since ?? null]))
      .digest('base64url')
      .slice(0, 16);
  }

  /** Fetches a collection to its end; tells why when the service does not have it. */
  async all(file: Collection): Promise<string | undefined> {
    let { next, done } = this.spool.progress(file);
    let here = next === undefined ? beginning : this.placeIn(file, next);
    let resumed = next !== undefined;
    const seen = new Set<string>();
    while (!done) {
      const page = await this.page(file, here);
      if (typeof page === 'string') return page;
      const ids = page.items.map(({ sourcedId }) => textOf(sourcedId));
      const again = new Set(ids.filter((id) => id !== '' && seen.has(id)));
      const after = placeAfter(
        file,
        here,
        { ...page, count: ids.length, first: ids[0], again: again.size },
        resumed,
      );
      await this.keep(
        file,
        here,
        page.items.filter((_, at) => !again.has(ids[at]!)),
        after,
      );
      for (const id of ids) seen.add(id);
      const total = after?.total ?? page.total ?? here.total;
      const { rows } = this.spool.progress(file);
      this.options.told({ file, rows, ...(total !== undefined && { total }) });
      if (!after) done = true;
      else here = after;
      resumed = false;
    }
    return undefined;
  }

  /** One page, or why there is none. */
  private async page(file: Collection, here: Place): Promise<Page | string> {
    const where = { file, page: here.page };
    const answer = await this.get(this.addressOf(file, here), where);
    if (here.page === 1 && mayLack.includes(file) && answer.status === 404)
      return `${file}: the service does not have it (404)`;
    // Demographics are granted apart, and a district does well not to: nothing of them is needed.
    if (here.page === 1 && file === 'demographics' && answer.status === 403)
      return `${file}: the service does not grant it (403)`;
    if (isProbe(here) && beyond.includes(answer.status)) return { items: [], links: false };
    return readPage(answer, here.rows, where);
  }

  private async get(address: URL, where: Where): Promise<Answer> {
    return this.client.get(address).catch((error: unknown) => {
      this.options.signal.throwIfAborted();
      throw new FetchFailed(where, (error as Error).message, false, { cause: error });
    });
  }

  private addressOf(file: Collection, { page, rows, link }: Place): URL {
    const url = new URL(`${this.base}/${file}`);
    if (link !== undefined) {
      const target = URL.parse(link, url.href);
      if (target?.origin === url.origin) return target;
      throw new FetchFailed(
        { file, page },
        `the Link to it leads to ${target?.origin ?? 'nowhere'}, expected ${url.origin}; have the SIS name its own address`,
        true,
      );
    }
    url.searchParams.set('limit', String(this.settings.pageSize ?? pageSizes.default));
    url.searchParams.set('offset', String(rows));
    // Without an order a service may give its rows in another one for each page, and leave some out.
    url.searchParams.set('sort', 'sourcedId');
    url.searchParams.set('orderBy', 'asc');
    if (this.since) url.searchParams.set('filter', `dateLastModified>='${this.since}'`);
    return url;
  }

  private async keep(
    file: Collection,
    here: Place,
    items: Resource[],
    after: Place | undefined,
  ): Promise<void> {
    const { version } = this.settings;
    const next = after && JSON.stringify({ question: this.question, ...after });
    if (file === 'users' && version === '1.2') {
      // Roles go first. When the process ends between the two, their page is fetched again for its users alone.
      const roles = this.spool.progress('roles');
      const at = roles.next === undefined ? beginning : this.placeIn('users', roles.next);
      if (roles.done && after)
        throw new FetchFailed({ file, page: here.page }, 'there are more users now, expected the end', true);
      if (!roles.done && at.page === here.page)
        await this.spool.append('roles', items.flatMap(rolesOf), next);
    }
    await this.spool.append(
      file,
      items.map((item) => rowOf(file, version, item)),
      next,
    );
  }

  private placeIn(file: Collection, text: string): Place {
    const { question, ...place } = JSON.parse(text) as Place & { question: string };
    if (question === this.question) return place;
    throw new FetchFailed(
      { file, page: place.page },
      'it was begun with another baseUrl, version or since, expected the same',
      true,
    );
  }
}

function instantOf(text: string): string {
  const date = new Date(text);
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text) || Number.isNaN(date.getTime()))
    throw new RuleBroken('since', 'instant', 'since must be an instant such as 2026-11-01T00:00:00.000Z');
  return date.toISOString();
}

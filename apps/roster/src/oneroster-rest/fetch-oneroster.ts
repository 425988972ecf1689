import type { Feed } from '../feed/feed.js';
import type { Spool } from '../feed/spool.js';
import type { FileName } from '../oneroster/columns.js';
import { rolesOf, rowOf } from './rows.js';
import { RestService } from './service.js';
import type { RestPage } from './service.js';
import { checkSettings, defaults } from './settings.js';
import type { OneRosterRestSettings } from './settings.js';

export interface RestOptions {
  /** An instant: only what changed since, as a delta; without it everything, as a bulk. */
  since?: string;
  signal: AbortSignal;
  told: (progress: { file: string; rows: number; total?: number }) => void;
  /** Before a failed request is made again the first time, in milliseconds; 1 000 when left out. */
  pauseMs?: number;
}

const collections = [
  'orgs',
  'academicSessions',
  'courses',
  'classes',
  'users',
  'enrollments',
  'demographics',
] as const satisfies readonly FileName[];

/** Without these there is no roster. */
const owed: readonly FileName[] = ['orgs', 'users', 'enrollments'];

/** Where a fetch of one collection goes on. */
interface Cursor {
  received: number;
  /** What the first page said; a service that says another number later changed in between. */
  total?: number;
  /** The first id of the page before: a page that begins with it again is the same page. */
  first?: string;
  /** The next page, where a Link header named it. */
  url?: string;
}

/**
 * The rows changed while they were fetched, so what lies in the spool is of two minds: it must be emptied and the
 * fetch begun anew.
 */
export class RosterMoved extends Error {
  override readonly name = 'RosterMoved';
}

/**
 * Reads a whole roster, or what changed in it, from a OneRoster service into a spool. A fetch that broke off goes on
 * at the page where it stopped, when it is called again with the same spool.
 * @throws Error naming collection and row for whatever keeps the roster from being whole: never a short roster.
 * RosterMoved when it must be begun anew; the signal's reason when it is aborted.
 */
export async function fetchOneRoster(
  settings: OneRosterRestSettings,
  spool: Spool,
  options: RestOptions,
): Promise<Feed> {
  const [broken] = checkSettings(settings);
  if (broken) throw new Error(broken.message);
  const { signal, pauseMs = 1_000, since } = options;
  const service = new RestService(settings, { signal, pauseMs });
  const absent: string[] = [];
  for (const file of collections) {
    const there = await new Collection(file, settings, service, spool, options).all();
    if (!there) absent.push(`${file} (the service does not have it)`);
  }
  return spool.feed(settings.version, since === undefined ? 'bulk' : 'delta', absent);
}

class Collection {
  constructor(
    private readonly file: (typeof collections)[number],
    private readonly settings: OneRosterRestSettings,
    private readonly service: RestService,
    private readonly spool: Spool,
    private readonly options: RestOptions,
  ) {}

  /** @returns false when the service does not have it. */
  async all(): Promise<boolean> {
    for (;;) {
      const { done, next } = this.spool.progress(this.file);
      if (done) return true;
      const cursor = next === undefined ? { received: 0 } : (JSON.parse(next) as Cursor);
      const page = await this.page(cursor);
      if (page === 404) {
        if (owed.includes(this.file) || cursor.received > 0)
          throw new Error(`${this.file}: the service answers 404; check baseUrl`);
        return false;
      }
      await this.keep(page, this.after(cursor, page), next);
      const rows = cursor.received + page.rows.length;
      this.options.told({ file: this.file, rows, ...(page.total !== undefined && { total: page.total }) });
    }
  }

  private async page(cursor: Cursor): Promise<RestPage | 404> {
    const { since } = this.options;
    const url = cursor.url
      ? new URL(cursor.url)
      : this.service.address(this.file, {
          limit: String(this.settings.pageSize ?? defaults.pageSize),
          offset: String(cursor.received),
          // Pages of an order that may change are not pages of one list.
          sort: 'sourcedId',
          orderBy: 'asc',
          ...(since !== undefined && { filter: `dateLastModified>='${since}'` }),
        });
    try {
      return await this.service.page(this.file, url);
    } catch (error) {
      this.options.signal.throwIfAborted();
      throw new Error(
        `${this.file}, from row ${cursor.received + 1}: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
  }

  /** Holds a page against what came before it. @returns where to go on; undefined: this was the last page. */
  private after(cursor: Cursor, { rows, total, next }: RestPage): Cursor | undefined {
    const received = cursor.received + rows.length;
    const where = `${this.file}, from row ${cursor.received + 1}`;
    if (cursor.total !== undefined && total !== cursor.total)
      throw new RosterMoved(
        `${where}: there were ${cursor.total} rows and now there are ${total ?? 'none named'}`,
      );
    if (total !== undefined && received > total)
      throw new Error(`${where}: ${received} rows came, and X-Total-Count says ${total}`);
    const first = rows.length > 0 ? rowOf(this.file, rows[0]).sourcedId! : undefined;
    if (first !== undefined && first === cursor.first)
      throw new Error(`${where}: the same page came again; the service does not go on by offset or Link`);
    const isLast =
      total !== undefined ? received === total : next === undefined && (rows.length === 0 || cursor.url);
    if (isLast) return undefined;
    if (rows.length === 0)
      throw new Error(`${where}: an empty page came, after ${received} of ${total ?? 'more'} rows`);
    return {
      received,
      ...(total !== undefined && { total }),
      ...(first !== undefined && { first }),
      ...(next && { url: next.href }),
    };
  }

  private async keep({ rows }: RestPage, cursor: Cursor | undefined, was: string | undefined): Promise<void> {
    const next = cursor && JSON.stringify(cursor);
    const { version } = this.settings;
    if (this.file === 'users' && version === '1.2') {
      // Before the users, by whose mark the page is known: a page whose roles are there already is not kept twice.
      const roles = this.spool.progress('roles');
      if (!roles.done && roles.next === was) {
        const all = rows.flatMap((row) => rolesOf(version, row));
        await this.spool.append('roles', all, next);
      }
    }
    await this.spool.append(
      this.file,
      rows.map((row) => rowOf(this.file, row)),
      next,
    );
  }
}

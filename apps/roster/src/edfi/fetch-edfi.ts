import { createHash } from 'node:crypto';
import type { Feed } from '../feed/feed.js';
import type { Spool } from '../feed/spool.js';
import type { Row } from '../oneroster/check-row.js';
import type { FileName } from '../oneroster/columns.js';
import { Conversion, assignmentsIn, orgResources } from './convert.js';
import { OdsClient } from './ods-client.js';
import { PageStore } from './page-store.js';
import { readRecord } from './resources.js';
import type { Records, Resource } from './resources.js';
import { checkSettings, defaults } from './settings.js';
import type { EdFiSettings } from './settings.js';

export interface EdFiOptions {
  /** Today in the district, `2026-11-26`. */
  day: string;
  /** Where pages are kept until all are there: of this fetch alone, and another one than the spool's. */
  folder: string;
  signal: AbortSignal;
  /** Called after each page of a resource (with how many rows it has), then for the rows made of them. */
  told: (progress: { file: string; rows: number; total?: number }) => void;
  /** Before a failed request is made again the first time, in milliseconds; 1 000 when left out. */
  pauseMs?: number;
}

/**
 * Reads organisations, people, enrolments and contacts of an Ed-Fi ODS/API into a spool, as rows of OneRoster 1.2. A
 * fetch that broke off goes on at the page where it stopped, when it is called again with the same spool and folder.
 * Classes and courses are not read: their files are absent.
 * @throws Error naming resource and page for whatever keeps the roster from being whole; the signal's reason when it
 * is aborted.
 */
export async function fetchEdFi(settings: EdFiSettings, spool: Spool, options: EdFiOptions): Promise<Feed> {
  const [broken] = checkSettings(settings);
  if (broken) throw new Error(broken.message);
  const store = await PageStore.open(options.folder, sourceOf(settings));
  if (!store.finished) {
    await new Fetch(settings, store, options).all();
    await store.finish(await convert(settings, store, spool, options));
  }
  return spool.feed('1.2', 'bulk', store.finished);
}

/** Another page size or time-out is still the same source. */
function sourceOf({ baseUrl, clientId, schoolYear }: EdFiSettings): string {
  return createHash('sha256')
    .update(JSON.stringify([baseUrl, clientId, schoolYear]))
    .digest('base64url');
}

/** @returns what there is to say of it. */
async function convert(
  { schoolYear }: EdFiSettings,
  store: PageStore,
  spool: Spool,
  options: EdFiOptions,
): Promise<string[]> {
  const conversion = new Conversion(store, options.day, schoolYear);
  await spoolRows(spool, 'orgs', conversion.orgs(), options);
  await spoolRows(spool, 'users', conversion.users(), options);
  await spoolRows(spool, 'roles', conversion.roles(), options);
  return conversion.notes();
}

const rowsAtOnce = 1_000;

/** Adds to a file the rows that it does not have yet. */
async function spoolRows(
  spool: Spool,
  file: FileName,
  rows: AsyncIterable<Row>,
  { signal, told }: EdFiOptions,
): Promise<void> {
  const { rows: kept, done } = spool.progress(file);
  let made = 0;
  let some: Row[] = [];
  for await (const row of rows) {
    made += 1;
    if (made <= kept) continue;
    some.push(row);
    if (some.length < rowsAtOnce) continue;
    signal.throwIfAborted();
    await spool.append(file, some, String(made));
    some = [];
    told({ file, rows: made });
  }
  if (made < kept || (done && made > kept))
    throw new Error(`${file}: the spool holds ${kept} rows of another fetch; the pages give ${made}`);
  if (!done) await spool.append(file, some, undefined);
  told({ file, rows: made, total: made });
}

/** How often a resource that moves while it is read is read from its beginning again, in one fetch. */
const restarts = 2;

class Fetch {
  private readonly client: OdsClient;
  private readonly pageSize: number;

  constructor(
    settings: EdFiSettings,
    private readonly store: PageStore,
    private readonly options: EdFiOptions,
  ) {
    this.client = new OdsClient(settings, { signal: options.signal, pauseMs: options.pauseMs ?? 1_000 });
    this.pageSize = settings.pageSize ?? defaults.pageSize;
  }

  /** What refers comes before what it refers to: a student who is added meanwhile is then there, not missing. */
  async all(): Promise<void> {
    await this.some('studentSchoolAssociations');
    // Data Standard 5 calls parents contacts; an API of an earlier one does not know that name.
    if (await this.mayBeAbsent('studentContactAssociations', [404])) await this.whole('contacts');
    else {
      await this.whole('studentParentAssociations');
      await this.whole('parents');
    }
    await this.mayBeAbsent('staffEducationOrganizationAssignmentAssociations', [403, 404]);
    if (assignmentsIn(this.store) === 'staffSchoolAssociations') await this.whole('staffSchoolAssociations');
    await this.some('students');
    await this.whole('staffs');
    await this.some('schools');
    await this.whole('localEducationAgencies');
    // A client of one district is often not let see what is above it.
    for (const above of orgResources.slice(0, 2)) await this.mayBeAbsent(above, [403, 404]);
  }

  /** Nobody at all is an API that was just set up, or a client that may see nothing: never a roster. */
  private async some(resource: Resource): Promise<void> {
    await this.whole(resource);
    if (this.store.mark(resource).rows > 0) return;
    await this.store.restart(resource);
    throw new Error(
      `${resource}, page 1: the API gives no row: check what this client may read, and the year`,
    );
  }

  private async whole(resource: Resource): Promise<void> {
    await this.mayBeAbsent(resource, []);
  }

  /** Fetches all pages of a resource. False when the answer is one of `statuses`: this API does not give it. */
  private async mayBeAbsent(resource: Resource, statuses: number[]): Promise<boolean> {
    for (let moved = 0; !this.store.mark(resource).done;) {
      this.options.signal.throwIfAborted();
      const page = await this.page(resource, statuses);
      if (page === 'absent') await this.store.miss(resource);
      else if ('moved' in page) {
        await this.store.restart(resource);
        if (moved === restarts) throw new Error(`${page.moved}, each time it was read`);
        moved += 1;
      } else {
        await this.store.append(resource, page.records, page.total);
        this.options.told({ file: resource, rows: this.store.mark(resource).rows, total: page.total });
      }
    }
    return !this.store.mark(resource).missing;
  }

  private async page<R extends Resource>(
    resource: R,
    statuses: number[],
  ): Promise<'absent' | { moved: string } | { records: Records[R][]; total: number }> {
    const { rows, pages, last, total: before } = this.store.mark(resource);
    const where = `${resource}, page ${pages + 1}`;
    // Each page begins with the last row of the one before. A row that went away meanwhile moves all behind it, and one
    // of them would fall between two pages; then, and when the API gives a page twice, that row is another one.
    const overlap = rows > 0 ? 1 : 0;
    const offset = rows - overlap;
    const answer = await this.client.page(resource, offset, this.pageSize).catch((error: unknown) => {
      this.options.signal.throwIfAborted();
      throw new Error(`${where}: ${(error as Error).message}`, { cause: error });
    });
    if (typeof answer === 'number') {
      if (pages === 0 && statuses.includes(answer)) return 'absent';
      const what = answer === 403 ? 'this client may not read it (403)' : 'there is no such thing (404)';
      throw new Error(`${where}: ${what}: check ${answer === 403 ? 'its claim set' : 'baseUrl'}`);
    }
    const { total } = answer;
    if (before !== undefined && total !== before)
      return { moved: `${where}: the API says ${total} rows, and said ${before} before` };
    const owed = Math.min(this.pageSize, total - offset);
    if (answer.rows.length !== owed)
      throw new Error(`${where}: ${answer.rows.length} rows came, and ${owed} of ${total} were owed`);
    const records = answer.rows.map((given) => readAt(where, resource, given));
    if (overlap && records[0]?.key !== last)
      return { moved: `${where}: it does not go on where the page before it ended` };
    return { records: records.slice(overlap), total };
  }
}

function readAt<R extends Resource>(where: string, resource: R, given: unknown): Records[R] {
  try {
    return readRecord(resource, given);
  } catch (error) {
    throw new Error(`${where}: ${(error as Error).message}`, { cause: error });
  }
}

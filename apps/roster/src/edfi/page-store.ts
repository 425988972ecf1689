import { createReadStream } from 'node:fs';
import { appendFile, mkdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Records, Resource } from './resources.js';

/** How far a resource has been fetched. */
interface Mark {
  /** The length of what is certain; a torn page behind it is cut off. */
  bytes: number;
  rows: number;
  pages: number;
  /** Key of the last row. */
  last?: string;
  /** How many rows the API said there are. */
  total?: number;
  done: boolean;
  /** The API does not have this resource, or does not let this client read it. */
  missing?: boolean;
}

interface Progress {
  source: string;
  marks: Partial<Record<Resource, Mark>>;
  /** Set when all was passed on: what there was to say, for a caller who asks again. */
  finished?: string[];
}

/**
 * What was read of an Ed-Fi API, a file of JSON lines for each resource, in a folder of its own. A fetch that breaks off
 * goes on at the page where it stopped. It holds names and ids of people, so it goes as soon as they were passed on.
 */
export class PageStore {
  private constructor(
    private readonly folder: string,
    private progress: Progress,
  ) {}

  /**
   * Opens a folder, empty or with what an earlier run left in it.
   * @param source tells one API and its settings from another.
   * @throws Error when the folder holds pages of another source.
   */
  static async open(folder: string, source: string): Promise<PageStore> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const text = await readFile(join(folder, 'progress.json'), 'utf8').catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      },
    );
    const progress = text ? (JSON.parse(text) as Progress) : { source, marks: {} };
    if (progress.source !== source)
      throw new Error('the folder holds pages of other Ed-Fi settings: give an empty folder');
    const store = new PageStore(folder, progress);
    if (progress.finished) await store.clear();
    return store;
  }

  get finished(): string[] | undefined {
    return this.progress.finished;
  }

  mark(resource: Resource): Readonly<Omit<Mark, 'bytes'>> {
    return this.progress.marks[resource] ?? nothing;
  }

  /** Keeps a page. Done when as many rows are there as the API said. */
  async append<R extends Resource>(
    resource: R,
    records: readonly Records[R][],
    total: number,
  ): Promise<void> {
    const mark = this.progress.marks[resource] ?? nothing;
    const path = this.path(resource);
    await appendFile(path, '', { mode: 0o600 });
    await truncate(path, mark.bytes);
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    await appendFile(path, text, { flush: true });
    const last = records.at(-1)?.key ?? mark.last;
    const rows = mark.rows + records.length;
    await this.move(resource, {
      bytes: mark.bytes + Buffer.byteLength(text),
      rows,
      pages: mark.pages + 1,
      ...(last !== undefined && { last }),
      total,
      done: rows === total,
    });
  }

  async miss(resource: Resource): Promise<void> {
    await this.move(resource, { ...nothing, done: true, missing: true });
  }

  /** Forgets the pages of a resource that moved while it was read. */
  async restart(resource: Resource): Promise<void> {
    await this.move(resource, nothing);
  }

  async *records<R extends Resource>(resource: R): AsyncGenerator<Records[R]> {
    const { bytes, rows, done } = this.progress.marks[resource] ?? nothing;
    if (!done) throw new Error(`${resource} was not fetched to its end`);
    if (bytes === 0) return;
    if ((await stat(this.path(resource))).size < bytes) throw new Error(`${resource} was cut on disk`);
    const input = createReadStream(this.path(resource), { end: bytes - 1 });
    let read = 0;
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      read += 1;
      yield JSON.parse(line) as Records[R];
    }
    if (read !== rows) throw new Error(`${resource} holds ${read} rows on disk and should hold ${rows}`);
  }

  /** Everything was passed on: the pages go, the notes stay. */
  async finish(notes: string[]): Promise<void> {
    await this.save({ ...this.progress, finished: notes });
    await this.clear();
  }

  private async clear(): Promise<void> {
    const resources = Object.keys(this.progress.marks) as Resource[];
    for (const resource of resources) await rm(this.path(resource), { force: true });
    if (resources.length > 0) await this.save({ ...this.progress, marks: {} });
  }

  private async move(resource: Resource, mark: Mark): Promise<void> {
    await this.save({ ...this.progress, marks: { ...this.progress.marks, [resource]: mark } });
  }

  private async save(progress: Progress): Promise<void> {
    const path = join(this.folder, 'progress.json');
    await writeFile(`${path}.new`, JSON.stringify(progress), { flush: true, mode: 0o600 });
    await rename(`${path}.new`, path);
    this.progress = progress;
  }

  private path(resource: Resource): string {
    return join(this.folder, `${resource}.jsonl`);
  }
}

const nothing: Mark = { bytes: 0, rows: 0, pages: 0, done: false };

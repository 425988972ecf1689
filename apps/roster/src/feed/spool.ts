import { createReadStream } from 'node:fs';
import { appendFile, readFile, rename, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Row } from '../oneroster/check-row.js';
import { fileNames } from '../oneroster/columns.js';
import type { FileName, OneRosterVersion } from '../oneroster/columns.js';
import type { Feed, FeedFile, Line } from './feed.js';

/** How far one file has been fetched. `bytes` is the length of what is certain: a torn page behind it is cut off. */
interface Mark {
  bytes: number;
  rows: number;
  /** Where the next page begins, in the words of whoever fetches; undefined before the first page. */
  next?: string;
  done: boolean;
}

/** Where to go on with a file. */
export type Progress = Readonly<Omit<Mark, 'bytes'>>;

/**
 * Rows fetched page by page, kept in a folder until all are there: one file of JSON lines for each OneRoster file, and
 * a progress file moved by rename. A fetch that breaks off goes on at the page where it stopped; nothing can be read
 * as a feed before every file is complete.
 */
export class Spool {
  private constructor(
    private readonly folder: string,
    private readonly marks: Partial<Record<FileName, Mark>>,
  ) {}

  /** Opens a folder, empty or with what an earlier run left in it. */
  static async open(folder: string): Promise<Spool> {
    const text = await readFile(join(folder, 'progress.json'), 'utf8').catch(missing);
    return new Spool(folder, text ? (JSON.parse(text) as Partial<Record<FileName, Mark>>) : {});
  }

  progress(file: FileName): Progress {
    const { rows, next, done } = this.marks[file] ?? nothing;
    return { rows, done, ...(next !== undefined && { next }) };
  }

  /** Keeps one page, and where the next begins; `next` undefined: this was the last page. */
  async append(file: FileName, rows: readonly Row[], next: string | undefined): Promise<void> {
    const mark = this.marks[file] ?? nothing;
    if (mark.done) throw new Error(`${file} was complete already`);
    const path = this.path(file);
    // Nothing yet is an empty file; what an interrupted write left behind the mark goes.
    await appendFile(path, '');
    await truncate(path, mark.bytes);
    const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    await appendFile(path, text, { flush: true });
    this.marks[file] = {
      bytes: mark.bytes + Buffer.byteLength(text),
      rows: mark.rows + rows.length,
      ...(next !== undefined && { next }),
      done: next === undefined,
    };
    const now = join(this.folder, 'progress.json');
    await writeFile(`${now}.new`, JSON.stringify(this.marks), { flush: true });
    await rename(`${now}.new`, now);
  }

  /** @throws Error naming a file that is not complete: half a roster is never read as a whole one. */
  async feed(version: OneRosterVersion, mode: FeedFile['mode'], ignored: string[] = []): Promise<Feed> {
    const files: FeedFile[] = [];
    for (const file of fileNames) {
      const mark = this.marks[file];
      if (!mark) continue;
      if (!mark.done) throw new Error(`${file} was not fetched to its end`);
      if ((await stat(this.path(file))).size < mark.bytes) throw new Error(`${file} was cut on disk`);
      files.push({ file, mode, bytes: mark.bytes, lines: () => linesOf(this.path(file), mark) });
    }
    return { version, files, ignored, close: () => undefined };
  }

  private path(file: FileName): string {
    return join(this.folder, `${file}.jsonl`);
  }
}

const nothing: Mark = { bytes: 0, rows: 0, done: false };

/** `line` counts rows from 1, in the order in which they were fetched. */
async function* linesOf(path: string, { bytes, rows }: Mark): AsyncIterable<Line[]> {
  if (bytes === 0) return;
  const lines = createInterface({
    input: createReadStream(path, { end: bytes - 1 }),
    crlfDelay: Infinity,
  });
  let line = 0;
  let some: Line[] = [];
  for await (const text of lines) {
    some.push({ row: JSON.parse(text) as Row, line: ++line });
    if (some.length < atOnce) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
  if (line !== rows) throw new Error(`${path} holds ${line} rows and should hold ${rows}`);
}

const atOnce = 500;

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}

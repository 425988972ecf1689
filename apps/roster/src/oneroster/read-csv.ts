import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import type { Parser } from 'csv-parse';
import type { Column } from './columns.js';
import type { Line } from '../feed/feed.js';
import type { Reason, Row } from './check-row.js';

/** The whole file is refused; the message names the file and says what to do. */
export class FileRefused extends Error {
  override readonly name = 'FileRefused';
}

/** A row longer than this ends the reading: a quote is open somewhere, or it is an attack. In characters. */
const longestRow = 256 * 1024;
const mostColumns = 500;

/** An open quote swallows the rows behind it, which would then look missing: never one row's fault alone. */
const swallowing = ['CSV_QUOTE_NOT_CLOSED', 'CSV_MAX_RECORD_SIZE'];

/**
 * Reads a CSV file as a stream, some rows at a time: byte order mark, CRLF and quoted line breaks are fine, columns
 * that are not asked for are skipped, header names may differ in case. Nothing but the asked columns leaves this
 * function.
 * @throws FileRefused for a header that lacks or repeats a column, another encoding, or a quote that never closes.
 */
export async function* readCsv(
  file: string,
  open: () => Promise<Readable>,
  columns: Record<string, Column>,
): AsyncGenerator<Line[]> {
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: longestRow,
    skip_records_with_error: true,
  });
  const skipped: Reason[] = [];
  let fatal: CsvError | undefined;
  parser.on('skip', (error: CsvError | undefined) => {
    if (!error) return;
    if (!swallowing.includes(error.code)) return void skipped.push(brokenQuotes(error));
    fatal = error;
    parser.destroy(error);
  });
  const bytes = await open();
  const checked = Readable.from(utf8(file, bytes), { objectMode: false });
  checked.on('error', (error) => parser.destroy(error));
  checked.pipe(parser);
  const rows = new Rows(file, columns);
  try {
    for await (const entries of batches(parser)) {
      const lines = rows.of(entries);
      // In front of the rows that were parsed after them, as near as can be told.
      if (skipped.length > 0) lines.unshift(...skipped.splice(0).map((broken) => ({ broken })));
      if (lines.length > 0) yield lines;
    }
  } catch (error) {
    throw refusal(file, fatal ?? error);
  } finally {
    checked.destroy();
    bytes.destroy();
  }
  if (fatal) throw refusal(file, fatal);
  if (skipped.length > 0) yield skipped.splice(0).map((broken) => ({ broken }));
  if (!rows.hasHeader) throw new FileRefused(`${file} is empty: it has not even a header`);
}

interface Entry {
  record: string[];
  info: { lines: number };
}

/** What the parser has ready, as long as it has something. */
async function* batches(parser: Parser): AsyncGenerator<Entry[]> {
  for await (const first of parser as AsyncIterable<Entry>) {
    const some = [first];
    for (let next: unknown; some.length < 1_000 && (next = parser.read()) !== null;) some.push(next as Entry);
    yield some;
  }
}

/** Makes rows of records: the header first, then each line by the columns that are asked for. */
class Rows {
  private places?: [name: string, at: number][];
  private width = 0;
  private lastLine = 0;
  // The parser counts a CRLF inside quotes as two lines, and tells the line on which a row ends; people look for the
  // one on which it begins.
  private countedTwice = 0;

  constructor(
    private readonly file: string,
    private readonly columns: Record<string, Column>,
  ) {}

  get hasHeader(): boolean {
    return this.places !== undefined;
  }

  of(entries: readonly Entry[]): Line[] {
    const lines: Line[] = [];
    for (const { record, info } of entries) {
      const line = this.lineOf(record, info.lines);
      if (!this.places) {
        this.places = placesOf(this.file, record, this.columns);
        this.width = record.length;
      } else if (record.length === this.width) lines.push({ row: pick(record, this.places), line });
      else {
        const message = `the row has ${record.length} columns, the header has ${this.width}`;
        lines.push({ broken: { line, column: '', value: String(record.length), rule: 'columns', message } });
      }
    }
    return lines;
  }

  private lineOf(record: string[], ends: number): number {
    const isOneLine = ends - this.lastLine === 1;
    this.lastLine = ends;
    if (isOneLine) return ends - this.countedTwice;
    const breaks = breaksWithin(record);
    this.countedTwice += breaks.crlf;
    return ends - this.countedTwice - breaks.all;
  }
}

/** Line breaks inside the values of a row. */
function breaksWithin(record: string[]): { all: number; crlf: number } {
  let all = 0;
  let crlf = 0;
  for (const value of record) {
    if (!value.includes('\n') && !value.includes('\r')) continue;
    all += value.split(/\r\n|\r|\n/).length - 1;
    crlf += value.split('\r\n').length - 1;
  }
  return { all, crlf };
}

/** Where each asked column stands. */
function placesOf(file: string, header: string[], columns: Record<string, Column>): [string, number][] {
  if (header.length > mostColumns)
    throw new FileRefused(`${file} has ${header.length} columns; at most ${mostColumns} are read`);
  const names = header.map((name) => name.trim().toLowerCase());
  const twice = names.find((name, i) => name !== '' && names.indexOf(name) !== i);
  if (twice !== undefined) throw new FileRefused(`${file} has the column ${twice.slice(0, 80)} twice`);
  const places: [string, number][] = [];
  for (const [name, { required }] of Object.entries(columns)) {
    const at = names.indexOf(name.toLowerCase());
    if (at >= 0) places.push([name, at]);
    else if (required) throw new FileRefused(`${file} lacks the required column ${name}`);
  }
  return places;
}

function pick(record: string[], places: readonly [string, number][]): Row {
  const row: Row = {};
  // Values are kept as they stand: leading zeros are part of an id. Only the spaces around are not.
  for (const [name, at] of places) row[name] = record[at]!.trim();
  return row;
}

/** Passes UTF-8 on; anything else is named rather than mangled. A character may lie across two pieces. */
async function* utf8(file: string, bytes: Readable): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let first = true;
  for await (const piece of bytes as AsyncIterable<Buffer>) {
    if (first && (piece[0] === 0xff || piece[0] === 0xfe)) {
      throw new FileRefused(`${file} is UTF-16; save it as UTF-8`);
    }
    first = false;
    if (piece.includes(0)) throw new FileRefused(`${file} has NUL bytes; it is not a CSV file in UTF-8`);
    const all = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
    const end = all.length - unfinished(all);
    rest = all.subarray(end);
    const whole = all.subarray(0, end);
    if (!isUtf8(whole)) throw notUtf8(file);
    yield whole;
  }
  if (rest.length > 0) throw notUtf8(file);
}

/** How many bytes at the end begin a character and do not end it: 0 to 3. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? back : 0;
  }
  return 0;
}

function notUtf8(file: string): FileRefused {
  return new FileRefused(`${file} is not UTF-8 (perhaps Windows-1252); save it as UTF-8`);
}

function brokenQuotes(error: CsvError): Reason {
  const line = (error as unknown as { lines?: number }).lines ?? 0;
  return { line, column: '', value: '', rule: 'quotes', message: 'the quotes of this row do not fit' };
}

function refusal(file: string, error: unknown): Error {
  if (error instanceof FileRefused) return error;
  if (error instanceof CsvError) {
    const line = (error as unknown as { lines?: number }).lines;
    const what =
      error.code === 'CSV_QUOTE_NOT_CLOSED'
        ? 'a quote is opened and never closed'
        : error.code === 'CSV_MAX_RECORD_SIZE'
          ? `a row is longer than ${longestRow} characters; a quote may be left open`
          : 'it cannot be read as CSV';
    return new FileRefused(`${file}: ${what}${line ? ` (line ${line})` : ''}`);
  }
  return error instanceof Error ? error : new Error(String(error));
}

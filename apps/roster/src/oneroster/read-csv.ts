import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
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
 * Reads a CSV file row by row, as a stream: byte order mark, CRLF and quoted line breaks are fine, columns that are
 * not asked for are skipped, header names may differ in case. Nothing but the asked columns leaves this function.
 * @throws FileRefused for a header that lacks or repeats a column, another encoding, or a quote that never closes.
 */
export async function* readCsv(
  file: string,
  open: () => Promise<Readable>,
  columns: Record<string, Column>,
): AsyncGenerator<Line> {
  const bytes = await open();
  const parser = parse({
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
  const text = Readable.from(utf8(file, bytes), { objectMode: false });
  text.on('error', (error) => parser.destroy(error));
  text.pipe(parser);

  let places: Map<string, number> | undefined;
  let width = 0;
  // The parser counts a CRLF inside quotes as two lines, and tells the line on which a row ends; people look for the
  // one on which it begins.
  let countedTwice = 0;
  try {
    for await (const entry of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      const { record, info } = entry;
      while (skipped.length > 0) yield { broken: skipped.shift()! };
      if (!places) {
        places = placesOf(file, record, columns);
        width = record.length;
        continue;
      }
      const breaks = breaksWithin(record);
      countedTwice += breaks.crlf;
      const line = info.lines - countedTwice - breaks.all;
      if (record.length !== width) {
        const message = `the row has ${record.length} columns, the header has ${width}`;
        yield { broken: { line, column: '', value: String(record.length), rule: 'columns', message } };
        continue;
      }
      yield { row: pick(record, places), line };
    }
  } catch (error) {
    throw refusal(file, error);
  } finally {
    text.destroy();
    bytes.destroy();
  }
  if (fatal) throw refusal(file, fatal);
  while (skipped.length > 0) yield { broken: skipped.shift()! };
  if (!places) throw new FileRefused(`${file} is empty: it has not even a header`);
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
function placesOf(file: string, header: string[], columns: Record<string, Column>): Map<string, number> {
  if (header.length > mostColumns)
    throw new FileRefused(`${file} has ${header.length} columns; at most ${mostColumns} are read`);
  const names = header.map((name) => name.trim().toLowerCase());
  const twice = names.find((name, i) => name !== '' && names.indexOf(name) !== i);
  if (twice !== undefined) throw new FileRefused(`${file} has the column ${twice.slice(0, 80)} twice`);
  const places = new Map<string, number>();
  for (const [name, { required }] of Object.entries(columns)) {
    const at = names.indexOf(name.toLowerCase());
    if (at >= 0) places.set(name, at);
    else if (required) throw new FileRefused(`${file} lacks the required column ${name}`);
  }
  return places;
}

function pick(record: string[], places: Map<string, number>): Row {
  const row: Row = {};
  // Values are kept as they stand: leading zeros are part of an id. Only the spaces around are not.
  for (const [name, at] of places) row[name] = record[at]!.trim();
  return row;
}

/** UTF-8 without its byte order mark; anything else is named rather than mangled. */
async function* utf8(file: string, bytes: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let first = true;
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    if (first && (chunk[0] === 0xff || chunk[0] === 0xfe)) {
      throw new FileRefused(`${file} is UTF-16; save it as UTF-8`);
    }
    first = false;
    if (chunk.includes(0)) throw new FileRefused(`${file} has NUL bytes; it is not a CSV file in UTF-8`);
    yield decoded(file, () => decoder.decode(chunk, { stream: true }));
  }
  yield decoded(file, () => decoder.decode());
}

function decoded(file: string, decode: () => string): string {
  try {
    return decode();
  } catch {
    throw new FileRefused(`${file} is not UTF-8 (perhaps Windows-1252); save it as UTF-8`);
  }
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

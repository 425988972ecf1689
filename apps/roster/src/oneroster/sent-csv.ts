import type { FastifyRequest } from 'fastify';
import { Problem, invalid } from '#platform';
import type { Line } from '../feed/feed.js';
import { rowCheck } from './check-row.js';
import type { Reason } from './check-row.js';
import type { Column } from './columns.js';
import { FileRefused, readCsv } from './read-csv.js';

/** One CSV file that a request brings along. */
export interface SentCsv {
  name: string;
  /**
   * Its lines, some at a time, each row held against the rules of its columns. To be read once.
   * @throws Problem 422 when no row of it can be trusted, 413 when it is longer than is taken.
   */
  lines(columns: Record<string, Column>): AsyncIterable<Line[]>;
}

/** @throws Problem 415 for another body, 422 for one without a file. */
export async function sentCsv(request: FastifyRequest, mostBytes: number): Promise<SentCsv> {
  if (!request.isMultipart())
    throw new Problem(415, undefined, { detail: 'Send multipart/form-data with one CSV file.' });
  const part = await request.file({ limits: { files: 1, fileSize: mostBytes } });
  if (!part) throw invalid('file', 'required', 'Send one CSV file');
  const name = part.filename.slice(0, 80);
  const tooLong = () => new Problem(413, undefined, { detail: `At most ${mostBytes / 2 ** 20} MB` });
  return {
    name,
    async *lines(columns) {
      const check = rowCheck(
        columns,
        () => undefined,
        () => undefined,
      );
      try {
        for await (const some of readCsv(name, async () => part.file, columns))
          yield some.map((one) => {
            const broken = 'row' in one && check(one.row, one.line);
            return broken ? { broken } : one;
          });
      } catch (error) {
        if (part.file.truncated) throw tooLong();
        throw error instanceof FileRefused ? invalid('file', 'readable', error.message) : error;
      }
      if (part.file.truncated) throw tooLong();
    },
  };
}

/** How many broken rows are named at once. */
const mostNamed = 100;

/** Rows of a file that break a rule, of which one refuses the whole file: all are counted, the first are named. */
export class BrokenRows {
  private count = 0;
  private readonly first: Reason[] = [];

  add(reason: Reason): void {
    this.count += 1;
    if (this.first.length < mostNamed) this.first.push(reason);
  }

  /** @param effect what that means for the rest of the file. @throws Problem 422 that names them, if there are any. */
  refuse(effect: string): void {
    if (this.count === 0) return;
    const errors = this.first.map(({ line, column, rule, value, message }) => ({
      field: column ? `line ${line}: ${column}` : `line ${line}`,
      rule,
      message: value ? `${message} (it says ${value})` : message,
    }));
    const rest = this.count > errors.length ? `, of which the first ${errors.length} are named` : '';
    const detail = `${this.count} rows break a rule${rest}. ${effect}`;
    throw new Problem(422, undefined, { detail, errors });
  }
}

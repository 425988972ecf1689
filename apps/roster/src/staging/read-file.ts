import type { Feed, FeedFile } from '../feed/feed.js';
import { checkRow, listed } from '../oneroster/check-row.js';
import type { Knows, Reason, Row } from '../oneroster/check-row.js';
import { columnsOf, keptColumns } from '../oneroster/columns.js';
import type { FileName } from '../oneroster/columns.js';
import { FileRefused } from '../oneroster/read-csv.js';
import type { Fingerprint } from './fingerprint.js';
import { putAside } from './file-report.js';
import type { FileReport } from './file-report.js';

/** What a row says of its id. `aside`: it broke a rule, so what is known of the id stays. */
export type Fate = 'active' | 'deleted' | 'aside';

/** Where the rows of a file go. */
export interface Taker {
  /** @param kept the id and the kept values, the fingerprint last; of a row put aside, the id alone. */
  row(fate: Fate, line: number, kept: string[], row: Row | undefined): void;
  /** A cell names an id of another file. */
  reference(to: FileName, id: string, from: { id: string; line: number; column: string }): void;
  quarantine(file: FileName, reason: Reason): void;
}

/**
 * Reads a file once, row by row, and holds each row against the rules that need no other row. Nothing is stored.
 * @param knows organisations alone are known at once; references to other files go to the taker.
 * @param beat called now and then, to say that the import is alive.
 */
export async function readFile(
  { version }: Feed,
  { file, lines }: FeedFile,
  report: FileReport,
  knows: Knows,
  fingerprint: Fingerprint,
  taker: Taker,
  beat: () => Promise<void>,
): Promise<void> {
  const columns = columnsOf(file, version);
  const kept = keptColumns(file);
  const printed = Object.keys(columns).filter((name) => columns[name]!.print);
  const references = Object.entries(columns).flatMap(([column, { refersTo, list }]) =>
    refersTo && refersTo !== 'orgs' ? [{ column, to: refersTo, list: list === true }] : [],
  );
  const slipped = (column: string): void => void (report.slipped[column] = (report.slipped[column] ?? 0) + 1);
  const aside = (reason: Reason, id: string): void => {
    putAside(report, reason);
    taker.quarantine(file, reason);
    if (id) taker.row('aside', reason.line, [id], undefined);
  };
  try {
    for await (const one of lines()) {
      report.read += 1;
      if (report.read % 5_000 === 0) await beat();
      if ('broken' in one) {
        report.unreadable += 1;
        aside(one.broken, '');
        continue;
      }
      const { row, line } = one;
      const id = row['sourcedId'] ?? '';
      const deleted = (row['status'] ?? '').toLowerCase() === 'tobedeleted';
      // A row that goes may name what goes with it.
      const broken = checkRow(row, line, columns, deleted ? anything : knows, slipped);
      if (broken) {
        aside(broken, id);
        continue;
      }
      const values = kept.map((name) => row[name] ?? '');
      if (printed.length > 0) values.push(fingerprint(printed.map((name) => row[name] ?? '')));
      taker.row(deleted ? 'deleted' : 'active', line, values, row);
      if (deleted) continue;
      for (const { column, to, list } of references) {
        const cell = row[column] ?? '';
        for (const named of list ? listed(cell) : cell ? [cell] : [])
          taker.reference(to, named, { id, line, column });
      }
    }
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    report.refused = error.message;
  }
}

const anything: Knows = () => undefined;

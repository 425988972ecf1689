import type { Feed, FeedFile } from '../feed/feed.js';
import { namedIn, rowCheck } from '../oneroster/check-row.js';
import type { Knows, Reason, Row } from '../oneroster/check-row.js';
import { columnsOf, keptColumns } from '../oneroster/columns.js';
import type { FileName } from '../oneroster/columns.js';
import { codesOf, columnsRead, isCoded } from '../groups/group-columns.js';
import type { Code, CodedFile, GroupColumns } from '../groups/group-columns.js';
import { FileRefused } from '../oneroster/read-csv.js';
import type { Fingerprint } from './fingerprint.js';
import { noLanguage, putAside } from './file-report.js';
import type { FileReport } from './file-report.js';

/** What a row says of its id. `aside`: it broke a rule, so what is known of the id stays. */
export type Fate = 'active' | 'deleted' | 'aside';

/** Where the rows of a file go. */
export interface Taker {
  /** @param row as it is kept; of a row put aside, the id alone. */
  row(fate: Fate, line: number, id: string, row: string): void;
  /** A cell names an id of another file. */
  reference(to: FileName, named: string, id: string, line: number, column: string): void;
  quarantine(file: FileName, reason: Reason): void;
}

/** The columns that say what groups people belong to, and who is told what they say. */
export interface CodesTaker {
  columns: GroupColumns;
  take(file: CodedFile, id: string, codes: Code[]): void;
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
  groups?: CodesTaker,
): Promise<void> {
  const columns = columnsOf(file, version);
  const kept = keptColumns(file);
  const printed = Object.keys(columns).filter((name) => columns[name]!.print);
  const references = Object.entries(columns).flatMap(([column, { refersTo, list }]) =>
    refersTo && refersTo !== 'orgs' ? [{ column, to: refersTo, list: list ? ({ list } as const) : {} }] : [],
  );
  const slipped = (column: string): void => void (report.slipped[column] = (report.slipped[column] ?? 0) + 1);
  const check = rowCheck(columns, knows, slipped);
  // A row that goes may name what goes with it, and owes nothing but its id; what it does say must still be right.
  const owed = Object.entries(columns).map(([name, { required: _, ...column }]) => [name, column] as const);
  const going = { ...Object.fromEntries(owed), sourcedId: columns['sourcedId']! };
  const checkGoing = rowCheck(going, () => undefined, slipped);
  const coded = groups && isCoded(file) ? file : undefined;
  const codes = coded && codesOf(groups!.columns, coded, (value) => noLanguage(report, value));
  const aside = (reason: Reason, id: string): void => {
    putAside(report, reason);
    taker.quarantine(file, reason);
    // Whose row it is nobody can tell, so nobody may be taken for missing.
    if (!id || isTorn(id)) report.unreadable += 1;
    else taker.row('aside', reason.line, id, id);
  };
  const take = (row: Row, line: number): void => {
    const id = row['sourcedId'] ?? '';
    const goes = row['status'] !== '' && row['status']?.toLowerCase() === 'tobedeleted';
    const broken = goes ? checkGoing(row, line) : check(row, line);
    if (broken) return aside(broken, id);
    let text = id;
    for (let i = 1; i < kept.length; i += 1) text += `\t${row[kept[i]!] ?? ''}`;
    if (printed.length > 0) text += `\t${fingerprint(printed.map((name) => row[name] ?? ''))}`;
    taker.row(goes ? 'deleted' : 'active', line, id, text);
    if (coded && codes) groups!.take(coded, id, goes ? [] : codes(row));
    if (goes) return;
    for (const { column, to, list } of references)
      for (const named of namedIn(row[column] ?? '', list)) taker.reference(to, named, id, line, column);
  };
  try {
    for await (const some of lines(coded && columnsRead(groups!.columns, coded))) {
      for (const one of some) {
        report.read += 1;
        if ('row' in one) take(one.row, one.line);
        else aside(one.broken, '');
      }
      await beat();
    }
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    report.refused = error.message;
  }
}

/** An id that cannot stand in a row cannot be known. */
function isTorn(id: string): boolean {
  return /\p{Cc}/u.test(id);
}

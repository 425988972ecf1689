import type { Reason, Row } from '../oneroster/check-row.js';
import type { FileName, OneRosterVersion } from '../oneroster/columns.js';

/** One line of a file: a row, or a line that no row could be made of. */
export type Line = { row: Row; line: number } | { broken: Reason };

/** One file of a feed. `bulk` names everything there is; `delta` only what changed. */
export interface FeedFile {
  file: FileName;
  mode: 'bulk' | 'delta';
  /** Its size before it is read, in bytes. */
  bytes: number;
  /**
   * Its lines in order, some at a time. @param also columns that the table does not have; a row without one has no
   * value there. @throws FileRefused when no row of it can be trusted.
   */
  lines(also?: readonly string[]): AsyncIterable<Line[]>;
}

/**
 * What a student information system said, whichever way it came: a package of CSV files, pages of a REST service, or
 * the resources of an Ed-Fi ODS. It lies complete on disk and can be read as often as one likes, a file at a time, as
 * streams. A file that is not named is absent: what is known of it stays.
 */
export interface Feed {
  version: OneRosterVersion;
  files: FeedFile[];
  /** What came along and is not read. */
  ignored: string[];
  close(): void;
}

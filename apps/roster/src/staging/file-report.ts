import type { Reason } from '../oneroster/check-row.js';
import type { FileName } from '../oneroster/columns.js';

/** What became of one file. `read` = `quarantined` + `added` + `altered` + `deleted` + `unchanged`. */
export interface FileReport {
  file: FileName;
  mode: 'bulk' | 'delta';
  /** Why the whole file was refused; what was known of it before stays. */
  refused?: string;
  read: number;
  quarantined: number;
  unchanged: number;
  /** Known ids with another value. */
  altered: number;
  /** Ids that were not known. */
  added: number;
  /** Rows that say `tobedeleted` of a known id. */
  deleted: number;
  /** Known ids that a bulk file no longer names. */
  missing: number;
  /** Known ids that stay as they were: their new row was put aside, or lines were unreadable that may be theirs. */
  kept: number;
  /** Lines of which nobody can tell whose they are, no row or one without an id: so nothing is taken for missing. */
  unreadable: number;
  /** The first hundred. */
  reasons: Reason[];
  /** Values that were taken although their case slips, by column. */
  slipped: Record<string, number>;
  /** Values of the language column that mean no language that is known, with how many rows; the first twenty. */
  noLanguage?: Record<string, number>;
}

const reasonsKept = 100;

export function emptyReport(file: FileName, mode: FileReport['mode']): FileReport {
  return {
    file,
    mode,
    read: 0,
    quarantined: 0,
    unchanged: 0,
    altered: 0,
    added: 0,
    deleted: 0,
    missing: 0,
    kept: 0,
    unreadable: 0,
    reasons: [],
    slipped: {},
  };
}

/** Rows that were taken. */
export function accepted({ read, quarantined }: FileReport): number {
  return read - quarantined;
}

/** Counts a row that was put aside, and keeps the reason of the first ones. */
export function putAside(report: FileReport, reason: Reason): void {
  report.quarantined += 1;
  if (report.reasons.length < reasonsKept) report.reasons.push(reason);
}

/** Counts a value that should name a language and does not. */
export function noLanguage(report: FileReport, value: string): void {
  const values = (report.noLanguage ??= {});
  const name = value.slice(0, 40);
  if (Object.hasOwn(values, name) || Object.keys(values).length < 20) values[name] = (values[name] ?? 0) + 1;
}

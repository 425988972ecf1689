import type { FileName, OneRosterVersion } from '../oneroster/columns.js';
import type { GroupSettings } from '../groups/group-settings.js';
import type { Reason } from '../oneroster/check-row.js';
import type { FileReport } from '../staging/file-report.js';
import type { Hold } from '../imports/limits.js';
import type { TableName } from './base-package.given.js';
import type { Change } from './changes.given.js';

/** How a package differs from the good one. `undefined`: not there. */
export type Changes = { [name in TableName]?: Change | undefined };

/** A row that is put aside; `value` where it matters. */
export type Aside = [file: FileName, line: number, column: string, rule: Reason['rule'], value?: string];

/** A file set and what becomes of it. What is not said in `expect` is that nothing of that kind happens. */
export interface Case {
  /** A promise, readable on its own. */
  name: string;
  /** 1.2 unless it says otherwise. */
  version?: OneRosterVersion;
  /** Imported and applied before, as a bulk; `{}` is the good package. */
  first?: Changes;
  /** A bulk of the good package with these changes; of a delta only the files that are named, without other rows. */
  files: Changes;
  mode?: 'bulk' | 'delta';
  /** How people are counted by group, from the first import on. */
  groups?: Partial<GroupSettings>;
  /** The same, for the last import only. */
  groupsNow?: Partial<GroupSettings>;
  /** Other files that come along, by name. */
  beside?: Record<string, string | Buffer>;
  expect: Expected;
}

export interface Expected {
  /** The package is refused: field and rule. Nothing else is looked at then. */
  refused?: [field: string, rule: string];
  /** Nothing of it can be staged: what the message says. Nothing else is looked at then. */
  fails?: RegExp;
  files?: Partial<Record<FileName, Partial<FileReport>>>;
  /** All rows that are put aside, of every file. */
  aside?: Aside[];
  /** `role@organisation` of a person, sorted, between spaces; '' for nowhere, null for not there. */
  people?: Record<string, string | null>;
  /** For whom a guardian speaks. */
  speaksFor?: Record<string, string[]>;
  /** Students of an organisation by group, or by `language:` and a tag; each number that there is. */
  groups?: Record<string, Record<string, number>>;
  /** What is kept with a person of their groups. */
  codes?: Record<string, string>;
  counts?: Record<string, [students: number, staff: number, families: number]>;
  /** `level of parent`, such as `school of 00417`, or the level alone at the top; null for not there. */
  orgs?: Record<string, string | null>;
  holds?: Hold['rule'][];
  unclear?: number;
  /** People, against the import before. Nobody when not said; looked at only when there was one before. */
  changes?: Partial<Record<'added' | 'changed' | 'gone' | 'disabled', number>>;
  enrolments?: number;
  notCounted?: string;
}

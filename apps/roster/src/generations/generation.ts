import type { Unclear } from '../staging/settle-people.js';
import type { CodedFile } from '../groups/group-columns.js';
import type { OneRosterVersion } from '../oneroster/columns.js';

/**
 * What is kept of a roster: the files of a feed, and what was worked out of them. `people` has one row a person,
 * with every role at every organisation; `counts` one row an organisation.
 */
export const keptFiles = [
  'orgs',
  'academicSessions',
  'courses',
  'classes',
  'users',
  'roles',
  'enrollments',
  'people',
  'counts',
] as const;
export type KeptFile = (typeof keptFiles)[number];

/** Rows of one file: for each bucket the digest of its chunk, '' for a bucket without rows. */
export interface FileOfRows {
  digests: string[];
  rows: number;
}

/**
 * A whole roster of one source as it was after one import. It never changes: what did not change since the generation
 * before has the same chunks, so that a generation costs what changed.
 */
export interface Generation {
  generationId: string;
  source: string;
  oneRoster: OneRosterVersion;
  /** The day in the district on which roles and enrolments were held in force, such as `2026-11-26`. */
  day: string;
  at: string;
  files: Partial<Record<KeptFile, FileOfRows>>;
  people: number;
  /** Who belongs to what stays as it is through this day: on it the first role or enrolment ends. */
  endsFirst: string;
  /** On this day the first one that is to come begins. */
  beginsFirst: string;
  unclear: Unclear;
  /** Enrolments in force on `day`. */
  enrolments: number;
  /**
   * The files whose columns say of everybody what groups they belong to, and digests of which columns were read and of
   * all that they said. `areKept`: codes stand with the people here.
   */
  coded?: { known: CodedFile[]; columns: string; digest: string; areKept: boolean };
  /** Why nobody could be counted. */
  notCounted?: string;
}

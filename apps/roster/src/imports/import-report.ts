import type { GroupId } from '#contracts';
import type { Reason } from '../oneroster/check-row.js';
import { accepted } from '../staging/file-report.js';
import type { FileReport } from '../staging/file-report.js';
import type { FileName } from '../oneroster/columns.js';
import type { Progress } from '../staging/progress.js';
import type { Changes, GroupsCounted, Import, ImportStage } from './import.js';
import type { Hold } from './limits.js';

/** Why a row was put aside. `line` counts from 1, the header included; `value` is cut to 80 characters. */
export class ReasonItem {
  line!: number;
  column!: string;
  value!: string;
  rule!: Reason['rule'];
  message!: string;
}

/**
 * One file. `read` = `accepted` + `quarantined`; `accepted` = `changed` + `unchanged`; `changed` takes in `added` and
 * `deleted`.
 */
export class FileItem {
  file!: string;
  mode!: 'bulk' | 'delta';
  state!: 'read' | 'refused';
  /** Why the whole file was refused; what was known of it before stays. */
  problem?: string;
  read!: number;
  accepted!: number;
  changed!: number;
  unchanged!: number;
  quarantined!: number;
  /** Ids that were not known. */
  added!: number;
  /** Known ids that the file calls `tobedeleted`. */
  deleted!: number;
  /** Known ids that a bulk file no longer names. */
  missing!: number;
  /** Known ids that stay as they were, because their new row, or a line that may be theirs, could not be read. */
  kept!: number;
  /** The first hundred rows put aside; all of them: GET imports/{id}/quarantine. */
  reasons!: ReasonItem[];
  /** Values taken although their case slips from the specification's, by column. */
  slipped!: Record<string, number>;
  /** Values of the column of home languages that mean no language known, with how many rows; the first twenty. */
  noLanguage?: Record<string, number>;
}

/** Why an import waits for somebody's word. */
export class HoldItem {
  rule!: Hold['rule'];
  message!: string;
  orgId?: string;
  file?: string;
}

export class OrganisationChanges {
  added!: number;
  altered!: number;
  closed!: number;
}

/** Each person once. `disabled`, of those changed: `enabledUser` became false. */
export class PeopleChanges {
  added!: number;
  changed!: number;
  gone!: number;
  disabled!: number;
}

export class ChangesItem implements Changes {
  organisations!: OrganisationChanges;
  people!: PeopleChanges;
}

/** Links between students and people who have no guardian's role, or are not there: they are left out. */
export class UnclearLinks {
  count!: number;
  /** The first twenty. */
  examples!: string[];
}

export class DecisionItem {
  by!: string;
  why!: string;
  at!: string;
}

/** What was counted by group in this import. Of any other group the last number stands, if there is one. */
export class GroupsCountedItem implements GroupsCounted {
  groups!: GroupId[];
  languages!: boolean;
}

/**
 * How far an import is that is at work, as it was within the last seconds: rows read of a file; or, of the other steps,
 * parts done of `all`.
 */
export class ProgressItem implements Progress {
  step!: Progress['step'];
  file?: FileName;
  done!: number;
  all?: number;
}

export class ImportReport {
  importId!: string;
  source!: string;
  /** Nothing is changed before `applying`; `failed` and `discarded` have changed nothing. */
  state!: ImportStage;
  oneRoster!: string;
  receivedAt!: string;
  progress?: ProgressItem;
  finishedAt?: string;
  problem?: string;
  /** The import whose roster this one brings back. */
  restores?: string;
  why?: string;
  /** Why it waits: what must not happen unseen. */
  holds!: HoldItem[];
  /** What it would change, or has changed. By organisation and role: GET imports/{id}/changes. */
  changes?: ChangesItem;
  decided?: DecisionItem;
  organisations?: number;
  people?: number;
  /** Enrolments in force on the day of the import. */
  enrolments?: number;
  /** Why nobody was counted: the last counts stand. */
  notCounted?: string;
  groupsCounted?: GroupsCountedItem;
  unclearLinks?: UnclearLinks;
  /** How many ids the source's crosswalk has translated, by file. */
  translated?: Record<string, number>;
  files!: FileItem[];
  /** Files that were sent and not read. */
  ignored!: string[];
}

export function reportOf(one: Import): ImportReport {
  const {
    importId,
    source,
    stage,
    oneRoster,
    receivedAt,
    progress,
    finishedAt,
    problem,
    decided,
    ignored,
    from,
    why,
    found,
  } = one;
  return {
    importId,
    source,
    state: stage,
    oneRoster,
    receivedAt,
    ...(progress && { progress }),
    finishedAt,
    problem,
    ...('restores' in from && { restores: from.restores, why }),
    holds: found?.holds ?? [],
    decided,
    ...(found && {
      changes: found.changes,
      organisations: found.organisations,
      people: found.people,
      enrolments: found.enrolments,
      notCounted: found.notCounted,
      groupsCounted: found.groups,
      unclearLinks: found.unclear,
      translated: found.translated,
    }),
    files: found?.files.map(fileItem) ?? [],
    ignored,
  };
}

export function fileItem(report: FileReport): FileItem {
  const { file, mode, refused, read, altered, added, deleted, ...rest } = report;
  const { unchanged, quarantined, missing, kept, reasons, slipped, noLanguage } = rest;
  return {
    file,
    mode,
    state: refused ? 'refused' : 'read',
    problem: refused,
    read,
    accepted: accepted(report),
    changed: added + altered + deleted,
    unchanged,
    quarantined,
    added,
    deleted,
    missing,
    kept,
    reasons,
    slipped,
    ...(noLanguage && { noLanguage }),
  };
}

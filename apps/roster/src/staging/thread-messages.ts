import type { District } from '#platform';
import type { Generation } from '../generations/generation.js';
import type { Translated } from '../crosswalk/translate-feed.js';
import type { GroupColumns } from '../groups/group-columns.js';
import type { Reason } from '../oneroster/check-row.js';
import type { FileName, OneRosterVersion } from '../oneroster/columns.js';
import type { Organisation } from '../oneroster/organisations.js';
import type { PeopleTotals, RoleDifference } from './difference.js';
import type { FileReport } from './file-report.js';
import type { Progress } from './progress.js';
import type { Unclear } from './settle-people.js';

/** What lies complete on disk, and how it is read. */
export type FeedOnDisk =
  | { kind: 'package'; folder: string }
  | {
      kind: 'spool';
      folder: string;
      oneRoster: OneRosterVersion;
      mode: 'bulk' | 'delta';
      ignored: string[];
    };

/** What the thread is told when it starts. */
export interface StagingOrder {
  district: District;
  feed: FeedOnDisk;
  base: Generation | undefined;
  about: Pick<Generation, 'generationId' | 'source' | 'day' | 'at'>;
  /** An empty folder of this staging alone. */
  folder: string;
  groups: GroupColumns;
  /** Lines of the source's crosswalk, in memory that is shared. */
  crosswalk?: Uint8Array;
  keys: { fingerprints: Uint8Array; names: Uint8Array };
}

/** A generation that is complete and that nobody reads yet, and what it would change. */
export interface StagingResult {
  generation: Generation;
  files: FileReport[];
  organisations: Organisation[];
  /** Those of the generation before. */
  before: Organisation[];
  people: PeopleTotals;
  /** By organisation, then role; only where something changes. */
  roles: RoleDifference[];
  /** How many people each organisation loses altogether. */
  losses: ReadonlyMap<string, number>;
  unclear: Unclear;
  /** How many ids a crosswalk has translated, by file. */
  translated: Translated;
}

export type QuarantinedRow = Reason & { file: FileName };

/** From the thread: what only the service can do, which has the database. */
export type FromThread =
  | { type: 'get'; call: number; digest: string }
  | { type: 'put'; call: number; digest: string; text: string }
  | { type: 'alive'; call: number; quarantined: QuarantinedRow[]; progress?: Progress }
  | { type: 'done'; result: StagingResult };

/** To the thread: the answer to one of its calls; `failed` when there is none, and the thread ends. */
export interface ToThread {
  call: number;
  text?: string;
  failed?: string;
}

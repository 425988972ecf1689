import { StateRefuses } from '#contracts';
import type { GroupId, RosterImported } from '#contracts';
import type { Aggregate } from '#messaging';
import type { Unclear } from '../staging/settle-people.js';
import type { Translated } from '../crosswalk/translate-feed.js';
import type { OneRosterVersion } from '../oneroster/columns.js';
import type { FileReport } from '../staging/file-report.js';
import type { Progress } from '../staging/progress.js';
import type { Hold } from './limits.js';

/**
 * `received`: its rows are read. `previewed` and `held`: a whole generation is staged, and waits for somebody's word.
 * `applying`: it is made true, and nothing stops that any more. The last three are final.
 */
export const importStages = [
  'received',
  'previewed',
  'held',
  'applying',
  'applied',
  'discarded',
  'failed',
] as const;
export type ImportStage = (typeof importStages)[number];

/** Who decides whether what is staged is applied: the district's limits, or a person. */
export type ApplyBy = 'limits' | 'hand';

/** How what was fetched lies in its folder; without it a package does. */
export interface Spooled {
  oneRoster: OneRosterVersion;
  mode: 'bulk' | 'delta';
}

/** Where rows come from: what lies in a folder, or an earlier import. */
export type Origin = { folder: string; spooled?: Spooled } | { restores: string };

/** What an import would change, or changed. Rows are in the files' reports. */
export interface Changes {
  organisations: { added: number; altered: number; closed: number };
  people: { added: number; changed: number; gone: number; disabled: number };
}

/** The groups, and whether home languages, that an import counted anew. Of any other the last number stands, if any. */
export interface GroupsCounted {
  groups: GroupId[];
  languages: boolean;
}

/** What staging found. */
export interface Found {
  generationId: string;
  /** The generation over which it was laid; it can be applied only while that is current. */
  base?: string;
  files: FileReport[];
  organisations: number;
  people: number;
  enrolments: number;
  notCounted?: string;
  groups: GroupsCounted;
  unclear: Unclear;
  changes: Changes;
  holds: Hold[];
  /** How many quarantined rows can be listed; of more, the rest is only counted. */
  listed: number;
  /** How many ids a crosswalk has translated, by file. */
  translated?: Translated;
}

/** One import. `beatAt` is the last sign of life of the process that works on it. */
export interface Import {
  importId: string;
  source: string;
  stage: ImportStage;
  oneRoster: string;
  /** SHA-256 of what was sent; another package under the same Idempotency-Key is refused. */
  digest: string;
  from: Origin;
  applyBy: ApplyBy;
  receivedAt: string;
  by: string;
  /** Why somebody rolled back. */
  why?: string;
  beatAt: string;
  /** While a process works on it. */
  progress?: Progress;
  ignored: string[];
  found?: Found;
  /** Who applied or discarded what waited, and why. */
  decided?: { by: string; why: string; at: string };
  finishedAt?: string;
  problem?: string;
}

export interface ImportReceived {
  type: 'import.received';
  importId: string;
  source: string;
  oneRoster: string;
  digest: string;
  from: Origin;
  applyBy: ApplyBy;
  by: string;
  why?: string;
  ignored: string[];
  at: string;
}
export interface ImportAlive {
  type: 'import.alive';
  progress?: Progress;
  at: string;
}
/** The process that worked on it stops; the next need not wait for silence. */
export interface ImportLeft {
  type: 'import.left';
  at: string;
}
export interface ImportStaged {
  type: 'import.staged';
  found: Found;
  at: string;
}
/** A person's word on what waits. */
export interface ImportDecided {
  type: 'import.decided';
  verdict: 'apply' | 'discard';
  by: string;
  why: string;
  at: string;
}
export interface ImportFailed {
  type: 'import.failed';
  problem: string;
  at: string;
}
export type ImportEvent =
  ImportReceived | ImportAlive | ImportLeft | ImportStaged | ImportDecided | ImportFailed | RosterImported;

/** A process that has said nothing for so long is taken for dead. */
const silenceMs = 30_000;
const longAgo = new Date(0).toISOString();

/** A sign of life, at most one in five seconds; the reader asks far more often. */
export function alive(state: Import, at: string, progress?: Progress): ImportEvent[] {
  if (!isAtWork(state)) throw new StateRefuses('go on', state.stage, []);
  const isDue = Date.parse(at) - Date.parse(state.beatAt) >= 5_000;
  return isDue ? [{ type: 'import.alive', ...(progress && { progress }), at }] : [];
}

/** Said by a process that stops in the middle of it. */
export function leave(state: Import, at: string): ImportEvent[] {
  return isAtWork(state) ? [{ type: 'import.left', at }] : [];
}

/** A generation is complete. It applies by itself if that was asked and nothing holds it. */
export function staged(state: Import, found: Found, at: string): ImportEvent[] {
  if (state.stage !== 'received') throw new StateRefuses('stage', state.stage, []);
  return [{ type: 'import.staged', found, at }];
}

/** @param current the generation that readers see now. */
export function decide(
  state: Import,
  { verdict, by, why }: Pick<ImportDecided, 'verdict' | 'by' | 'why'>,
  current: string | undefined,
  at: string,
): ImportEvent[] {
  if (!isWaiting(state)) throw new StateRefuses(verdict, state.stage, []);
  if (verdict === 'apply' && state.found!.base !== current) {
    throw new StateRefuses(
      'apply',
      state.stage,
      ['discard'],
      'another import was applied since; send the files again',
    );
  }
  return [{ type: 'import.decided', verdict, by, why, at }];
}

/** All of it is true now. Finishing twice, by two processes that took it up, is once. */
export function finish(state: Import, at: string): ImportEvent[] {
  if (state.stage === 'applied') return [];
  if (state.stage !== 'applying') throw new StateRefuses('finish', state.stage, []);
  const { importId, oneRoster, found } = state;
  const { organisations, people, enrolments } = found!;
  return [{ type: 'roster.imported', importId, oneRoster, organisations, people, enrolments, at }];
}

/** Only before anything of it is true: while it is read, or when another import was faster (`overtaken`). */
export function fail(state: Import, problem: string, at: string, overtaken = false): ImportEvent[] {
  return state.stage === 'received' || (overtaken && state.stage === 'applying')
    ? [{ type: 'import.failed', problem, at }]
    : [];
}

/** A process works on it, or should. */
export function isAtWork({ stage }: Import): boolean {
  return stage === 'received' || stage === 'applying';
}

export function isWaiting({ stage }: Import): boolean {
  return stage === 'previewed' || stage === 'held';
}

export function isSilent({ beatAt }: Import, now: string): boolean {
  return Date.parse(now) - Date.parse(beatAt) > silenceMs;
}

export const importAggregate: Aggregate<Import, ImportEvent> = {
  name: 'imports',
  evolve(state, event) {
    if (event.type === 'import.received') {
      const { type: _, at, ...said } = event;
      return { ...said, stage: 'received', receivedAt: at, beatAt: at };
    }
    const { progress, ...rest } = state!;
    const before = { ...rest, beatAt: event.at };
    switch (event.type) {
      case 'import.alive': {
        const now = event.progress ?? progress;
        return { ...before, ...(now && { progress: now }) };
      }
      case 'import.left':
        return { ...before, beatAt: longAgo };
      case 'import.staged': {
        const { found } = event;
        const stage =
          found.holds.length > 0 ? 'held' : before.applyBy === 'limits' ? 'applying' : 'previewed';
        return { ...before, stage, found };
      }
      case 'import.decided': {
        const { verdict, by, why, at } = event;
        const decided = { ...before, decided: { by, why, at } };
        return verdict === 'apply'
          ? { ...decided, stage: 'applying' }
          : { ...decided, stage: 'discarded', finishedAt: at };
      }
      case 'import.failed':
        return { ...before, stage: 'failed', problem: event.problem, finishedAt: event.at };
      case 'roster.imported':
        return { ...before, stage: 'applied', finishedAt: event.at };
    }
  },
  index: ({ source, stage, receivedAt, finishedAt }) => ({
    source,
    stage,
    receivedAt,
    ...(finishedAt && { finishedAt }),
  }),
};

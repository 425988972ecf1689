import { StateRefuses } from '#contracts';
import type { RosterImported } from '#contracts';
import type { Aggregate } from '#messaging';
import type { Headcount } from '../oneroster/headcounts.js';
import type { Organisation } from '../oneroster/organisations.js';
import type { FileReading } from '../oneroster/read-package.js';

/** What an import will make true, complete before anything of it is: it can be taken up again after a crash. */
export interface Plan {
  /** Parents before their children. */
  organisations: Organisation[];
  /** Ids of organisations that the roster no longer has. */
  close: string[];
  /** Undefined when nobody could be counted. */
  counts?: Headcount[];
  /** A date in the district's time zone. */
  date: string;
}

export interface FileReport extends FileReading {
  changed: number;
  unchanged: number;
}

export type ImportStage = 'received' | 'applying' | 'applied' | 'failed';

/** One import. `beatAt` is the last sign of life of the process that works on it. */
export interface Import {
  importId: string;
  stage: ImportStage;
  oneRoster: string;
  /** SHA-256 of what was sent; another package under the same Idempotency-Key is refused. */
  digest: string;
  /** Where the package lies until it is read, on the machine that took it. */
  folder: string;
  receivedAt: string;
  by: string;
  beatAt: string;
  finishedAt?: string;
  ignored: string[];
  files: FileReport[];
  plan?: Plan;
  people?: number;
  enrolments?: number;
  organisations?: number;
  closed?: number;
  notCounted?: string;
  problem?: string;
}

export interface ImportReceived {
  type: 'import.received';
  importId: string;
  oneRoster: string;
  digest: string;
  folder: string;
  by: string;
  ignored: string[];
  at: string;
}
export interface ImportAlive {
  type: 'import.alive';
  at: string;
}
export interface ImportPlanned {
  type: 'import.planned';
  files: FileReport[];
  plan: Plan;
  people: number;
  enrolments: number;
  notCounted?: string;
  at: string;
}
export interface ImportFailed {
  type: 'import.failed';
  problem: string;
  files?: FileReport[];
  at: string;
}
export type ImportEvent = ImportReceived | ImportAlive | ImportPlanned | ImportFailed | RosterImported;

/** A process that has said nothing for so long is taken for dead. */
const silenceMs = 30_000;

/** A sign of life, at most one in ten seconds; the reader asks far more often. */
export function alive(state: Import, at: string): ImportEvent[] {
  if (isFinished(state)) throw new StateRefuses('go on', state.stage, []);
  return Date.parse(at) - Date.parse(state.beatAt) >= 10_000 ? [{ type: 'import.alive', at }] : [];
}

export function plan(state: Import, found: Omit<ImportPlanned, 'type'>): ImportEvent[] {
  if (state.stage !== 'received') throw new StateRefuses('apply', state.stage, []);
  return [{ type: 'import.planned', ...found }];
}

/** All of the plan is true now. Finishing twice, by two processes that took it up, is once. */
export function finish(state: Import, at: string): ImportEvent[] {
  if (state.stage === 'applied') return [];
  if (state.stage !== 'applying') throw new StateRefuses('finish', state.stage, []);
  const { importId, oneRoster, people = 0, enrolments = 0 } = state;
  return [
    {
      type: 'roster.imported',
      importId,
      oneRoster,
      organisations: state.plan!.organisations.length,
      people,
      enrolments,
      at,
    },
  ];
}

/** Only before it applies: what applies is finished, by this process or by the next. */
export function fail(state: Import, problem: string, at: string, files?: FileReport[]): ImportEvent[] {
  return state.stage === 'received' ? [{ type: 'import.failed', problem, ...(files && { files }), at }] : [];
}

export function isFinished({ stage }: Import): boolean {
  return stage === 'applied' || stage === 'failed';
}

export function isSilent({ beatAt }: Import, now: string): boolean {
  return Date.parse(now) - Date.parse(beatAt) > silenceMs;
}

export const importAggregate: Aggregate<Import, ImportEvent> = {
  name: 'imports',
  evolve(state, event) {
    if (event.type === 'import.received') {
      const { importId, oneRoster, digest, folder, by, ignored, at } = event;
      return {
        importId,
        stage: 'received',
        oneRoster,
        digest,
        folder,
        by,
        ignored,
        receivedAt: at,
        beatAt: at,
        files: [],
      };
    }
    const before = { ...state!, beatAt: event.at };
    switch (event.type) {
      case 'import.alive':
        return before;
      case 'import.planned': {
        const { files, plan: planned, people, enrolments, notCounted } = event;
        return {
          ...before,
          stage: 'applying',
          files,
          plan: planned,
          people,
          enrolments,
          ...(notCounted && { notCounted }),
        };
      }
      case 'import.failed':
        return {
          ...before,
          stage: 'failed',
          problem: event.problem,
          finishedAt: event.at,
          files: event.files ?? [],
        };
      case 'roster.imported': {
        const { plan: done, ...rest } = before;
        return {
          ...rest,
          stage: 'applied',
          organisations: event.organisations,
          closed: done?.close.length ?? 0,
          finishedAt: event.at,
        };
      }
    }
  },
  index: ({ stage, receivedAt, finishedAt }) => ({ stage, receivedAt, ...(finishedAt && { finishedAt }) }),
};

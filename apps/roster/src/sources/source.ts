import type { EdFiSettings } from '../edfi/settings.js';
import type { GroupSettings } from '../groups/group-settings.js';
import type { ApplyBy, ImportStage } from '../imports/import.js';
import type { OneRosterRestSettings } from '../oneroster-rest/settings.js';

/** A folder that an SFTP server drops packages into. */
export interface FolderSettings {
  /** Below HEARBACK_ROSTER_FOLDERS. */
  path: string;
}

/** When a source is asked: so many minutes after the last time, or at a time of day in the district's time zone. */
export type Schedule = { everyMinutes: number } | { at: string };

export type Reach =
  | { kind: 'upload' }
  | { kind: 'folder'; settings: FolderSettings }
  | { kind: 'oneroster-rest'; settings: OneRosterRestSettings; deltas: boolean }
  | { kind: 'ed-fi'; settings: EdFiSettings };
export type SourceKind = Reach['kind'];

/** Where a roster comes from: a student information system, wired in once. */
export interface Source {
  sourceId: string;
  name: string;
  reach: Reach;
  applyBy: ApplyBy;
  /** The share of its people that an organisation may lose in an import that applies by itself, in percent. */
  lossPercent: number;
  /** By which columns its people are counted by group. */
  groups: GroupSettings;
  schedule: Schedule;
  paused: boolean;
  alerts: { emails: string[]; webhook?: string };
}

/** How a source is doing; it changes with every run, and its settings do not. */
export interface SourceState {
  nextAt?: string;
  /** When the last run began, and whether it got as far as an import or found nothing new. */
  lastStartedAt?: string;
  lastFetchedAt?: string;
  /** The last whole fetch, from which deltas count. */
  lastWholeAt?: string;
  lastSuccessAt?: string;
  lastImportId?: string;
  /** What was sent before it is nobody's news. */
  newsFrom?: string;
  /** The stage of the last import that was told. */
  told?: ImportStage;
  /** Why the last run ended without an import. */
  problem?: string;
  failures: number;
  overdueToldAt?: string;
  /** Of a folder: the packages that were taken, by name. */
  taken: Record<string, string>;
}

export const noState: SourceState = { failures: 0, taken: {} };

const minute = 60_000;

/** When a source is next due after an instant. */
export function nextAfter(schedule: Schedule, instant: Date, timeZone: string): Date {
  if ('everyMinutes' in schedule) return new Date(instant.getTime() + schedule.everyMinutes * minute);
  const [hour, minutes] = schedule.at.split(':').map(Number) as [number, number];
  for (let day = 0; ; day += 1) {
    const local = new Date(instant.getTime() + offsetOf(instant, timeZone) + day * 1_440 * minute);
    const wall = Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate(), hour, minutes);
    // The offset may change between now and then: the night on which clocks are put back or forward.
    const guess = new Date(wall - offsetOf(instant, timeZone));
    const then = new Date(wall - offsetOf(guess, timeZone));
    if (then > instant) return then;
  }
}

/** How far local clocks are ahead of UTC, in milliseconds. */
function offsetOf(instant: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(instant);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)!.value);
  const wall = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return wall - Math.floor(instant.getTime() / 1_000) * 1_000;
}

/** Two of its periods and an hour without a success: somebody should look. */
export function isOverdue(
  { schedule, paused, reach }: Source,
  { lastSuccessAt, lastStartedAt }: SourceState,
  now: Date,
): boolean {
  if (paused || reach.kind === 'upload' || reach.kind === 'folder') return false;
  const since = lastSuccessAt ?? lastStartedAt;
  if (since === undefined) return false;
  const period = 'everyMinutes' in schedule ? schedule.everyMinutes : 1_440;
  return now.getTime() - Date.parse(since) > (2 * period + 60) * minute;
}

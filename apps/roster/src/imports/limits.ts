import { accepted } from '../staging/file-report.js';
import type { FileReport } from '../staging/file-report.js';
import type { Generation } from '../generations/generation.js';

/** What an import may do by itself. */
export interface Limits {
  /** The share of its people that an organisation may lose, in percent. */
  lossPercent: number;
}

export const defaultLimits: Limits = { lossPercent: 10 };

/** Why an import waits for somebody's word. */
export interface Hold {
  rule: 'loss' | 'closed' | 'empty' | 'refused' | 'overlap';
  message: string;
  orgId?: string;
  file?: string;
}

/**
 * Organisations that another source has: of each the later import would win, its name and its counts, and none would
 * close while the other has it. Those that this source had before were let through then.
 */
export function overlapOf(
  orgIds: readonly string[],
  before: ReadonlySet<string>,
  others: ReadonlyMap<string, ReadonlySet<string>>,
): Hold[] {
  return [...others].flatMap(([source, theirs]) => {
    const both = orgIds.filter((orgId) => theirs.has(orgId) && !before.has(orgId));
    if (both.length === 0) return [];
    const some = both.slice(0, 5).join(', ');
    const message = `${both.length} organisations are those of the source ${source} already: ${some}. If this replaces it, send it as ${source}; if both really know of them, apply it`;
    return [{ rule: 'overlap' as const, message, orgId: both[0]! }];
  });
}

/** How many are listed; the rest are counted in the last one's message. */
const listed = 50;

export interface Effects {
  files: readonly FileReport[];
  /** People at each organisation itself before, and how many of them it loses. */
  people: ReadonlyMap<string, { before: number; leaving: number }>;
  /** Organisations that close, with how many there were. */
  closes: readonly string[];
  organisationsBefore: number;
}

/**
 * What must not happen unseen: a file that had rows and has none, a file that was refused, organisations that close
 * or lose more people than the district allows. Nothing is held on the first import: there is nothing to lose.
 */
export function holdsOf(base: Generation | undefined, effects: Effects, { lossPercent }: Limits): Hold[] {
  if (!base) return [];
  const holds: Hold[] = [];
  for (const report of effects.files) {
    const { file, refused, mode, read } = report;
    const before = file === 'demographics' ? 0 : (base.files[file]?.rows ?? 0);
    if (refused) holds.push({ rule: 'refused', file, message: refused });
    else if (mode === 'bulk' && before > 0 && accepted(report) === 0) {
      const what = read === 0 ? 'is only a header' : 'has no row that could be accepted';
      holds.push({ rule: 'empty', file, message: `${file}.csv ${what}; there were ${before} rows before` });
    }
  }
  const { closes, organisationsBefore } = effects;
  if (closes.length * 100 > organisationsBefore * lossPercent) {
    const some = closes.slice(0, 5).join(', ');
    const message = `${closes.length} of ${organisationsBefore} organisations would close: ${some}`;
    holds.push({ rule: 'closed', message });
  }
  for (const [orgId, { before, leaving }] of effects.people) {
    if (leaving * 100 <= before * lossPercent) continue;
    const message = `${orgId} would lose ${leaving} of its ${before} people, more than ${lossPercent} %`;
    holds.push({ rule: 'loss', orgId, message });
  }
  if (holds.length <= listed) return holds;
  const last = holds[listed - 1]!;
  return [
    ...holds.slice(0, listed - 1),
    { ...last, message: `${last.message}; and ${holds.length - listed} more` },
  ];
}

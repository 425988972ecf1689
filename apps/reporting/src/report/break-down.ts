import { origins, roles, topics } from '#contracts';
import type { CellKey } from '../rollups/bucket.js';
import { notStated } from '../rollups/share.js';
import { emptyRaised, mergeDue, mergeRaised } from '../rollups/tally.js';
import type { DueTally, RaisedTally } from '../rollups/tally.js';
import type { Period } from './period.js';

export type BreakDown = 'org' | 'month' | 'origin' | 'role' | 'topic';

/** One cell of one roll-up, with where and when it belongs. */
export interface CellSource extends CellKey {
  orgId: string;
  day: string;
  raised?: RaisedTally;
  due?: DueTally;
}

export interface Tallies {
  raised: RaisedTally;
  due: DueTally;
}

export interface TallyGroup extends Tallies {
  key: string;
  name: string;
}

export interface About {
  org: { orgId: string; name: string };
  /** The organisations directly below it, each with the ids of itself and all below. */
  children: { orgId: string; name: string; within: ReadonlySet<string> }[];
  period: Period;
}

/**
 * Splits cells into the parts of a break-down. Every part that can be is there, also with nothing in it: who is not
 * heard is what a leader looks for. Parts add up to the total.
 */
export function breakDown(
  cells: readonly CellSource[],
  by: BreakDown,
  about: About,
): { total: Tallies; groups: TallyGroup[] } {
  const groups = new Map<string, TallyGroup>();
  const keyOf = keying(by, about);
  for (const [key, name] of vocabulary(by, about, cells)) groups.set(key, { key, name, ...nothing() });
  const total = nothing();
  for (const cell of cells) {
    const key = keyOf(cell);
    const group = groups.get(key) ?? { key, name: key, ...nothing() };
    groups.set(key, group);
    for (const tallies of [total, group]) {
      if (cell.raised) mergeRaised(tallies.raised, cell.raised);
      if (cell.due) mergeDue(tallies.due, cell.due);
    }
  }
  return { total, groups: [...groups.values()] };
}

function nothing(): Tallies {
  return { raised: emptyRaised(), due: {} };
}

function keying(by: BreakDown, { org, children }: About): (cell: CellSource) => string {
  switch (by) {
    case 'org': {
      const childOf = new Map(
        children.flatMap((child) => [...child.within].map((id) => [id, child.orgId] as const)),
      );
      return (cell) => childOf.get(cell.orgId) ?? org.orgId;
    }
    case 'month':
      return (cell) => cell.day.slice(0, 7);
    default:
      return (cell) => cell[by];
  }
}

function vocabulary(
  by: BreakDown,
  { org, children }: About,
  cells: readonly CellSource[],
): [string, string][] {
  switch (by) {
    case 'org':
      return [[org.orgId, org.name], ...children.map(({ orgId, name }): [string, string] => [orgId, name])];
    case 'month':
      return monthsBetween(cells.map((cell) => cell.day.slice(0, 7)));
    case 'origin':
      return origins.map((origin) => [origin, inWords(origin)]);
    case 'role':
      return [...roles, notStated].map((role) => [role, inWords(role)]);
    case 'topic':
      return topics.map((topic) => [topic.id, topic.name]);
  }
}

/** From the first month in which there is anything to the last, without a hole. */
function monthsBetween(months: readonly string[]): [string, string][] {
  const ascending = [...new Set(months)].sort();
  const last = ascending.at(-1);
  const found: [string, string][] = [];
  for (let month = ascending[0]; month && last && month <= last; month = next(month))
    found.push([month, monthName(month)]);
  return found;
}

function next(month: string): string {
  const [year = 0, of = 0] = month.split('-').map(Number);
  return of === 12 ? `${year + 1}-01` : `${year}-${String(of + 1).padStart(2, '0')}`;
}

function monthName(month: string): string {
  const name = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });
  return name.format(Date.parse(`${month}-01T00:00:00Z`));
}

/** `school-staff` → `School staff`. */
function inWords(id: string): string {
  return (id.charAt(0).toUpperCase() + id.slice(1)).replaceAll('-', ' ');
}

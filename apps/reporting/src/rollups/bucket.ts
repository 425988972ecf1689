import type { Origin } from '#contracts';
import { everDue } from '../ledger/targets.js';
import type { Fact } from '../ledger/facts.js';
import type { DistrictDays } from './days.js';
import type { Share } from './share.js';
import { addDues, addShare, emptyRaised, sorted, sortedDue } from './tally.js';
import type { DueTally, RaisedTally } from './tally.js';

/** One roll-up: the loops of one organisation (itself, not those below) that were raised, or fell due, on one day. */
export interface Bucket {
  kind: 'raised' | 'due';
  orgId: string;
  /** A date in the district's time zone. */
  day: string;
}

/** What a roll-up breaks down to: the finest that a report asks for. */
export interface CellKey {
  origin: Origin;
  role: string;
  topic: string;
  hidden: boolean;
}

/** The document of a roll-up. `raised` is there in buckets of the day raised, `due` in those of the day due. */
export interface RollUp extends Bucket {
  cells: (CellKey & { raised?: RaisedTally; due?: DueTally })[];
}

export function bucketId({ kind, orgId, day }: Bucket): string {
  return `${kind}/${day}/${orgId}`;
}

/**
 * Every bucket in which a row is counted, or may have been counted at any time before: of all days that any of its
 * facts ever named as due, also of targets that were moved since. A row never forgets a fact, so that it remembers in
 * this way, without a list of its own, where a recount may have seen it in an earlier shape.
 */
export function bucketsOf(facts: readonly Fact[], days: DistrictDays): Bucket[] {
  const raised = facts.find((fact) => fact.type === 'input.raised');
  if (!raised) return [];
  const { orgId } = raised;
  const dueDays = new Set(everDue(facts).map((dueAt) => days.of(dueAt)));
  return [
    { kind: 'raised', orgId, day: days.of(Date.parse(raised.at)) },
    ...[...dueDays].map((day): Bucket => ({ kind: 'due', orgId, day })),
  ];
}

/** Sums the rows of a bucket; the same rows make the same document, whatever order they are read in. */
export function sumUp(bucket: Bucket, shares: Iterable<Share>, days: DistrictDays): RollUp {
  const cells = new Map<string, RollUp['cells'][number]>();
  const { from, to } = days.bounds(bucket.day);
  for (const share of shares) {
    const { origin, role, topic, hidden } = share;
    const name = `${origin}/${role}/${topic}/${hidden}`;
    const cell = cells.get(name) ?? { origin, role, topic, hidden };
    cells.set(name, cell);
    if (bucket.kind === 'raised') addShare((cell.raised ??= emptyRaised()), share);
    else addDues((cell.due ??= {}), share, from, to);
  }
  for (const { raised, due } of cells.values()) {
    if (raised) sorted(raised);
    if (due) sortedDue(due);
  }
  const inOrder = [...cells.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell);
  return { ...bucket, cells: inOrder };
}

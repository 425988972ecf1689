import type { OrgType } from '../oneroster/columns.js';
import { treeOf } from '../oneroster/organisations.js';
import type { OrgRow, Tree } from '../oneroster/organisations.js';
import type { Reason } from '../oneroster/check-row.js';
import { valuesOf } from '../generations/row.js';

/** What a file said of organisations, rows that broke a rule of their own left out. */
export interface SaidOfOrgs {
  taken: Map<string, OrgRow>;
  gone: Set<string>;
  aside: Set<string>;
}

export interface SettledOrgs {
  rows: Map<string, OrgRow>;
  tree: Tree;
  /** Rows of the file that have no place in the tree; `kept` when the row of before stands in for one. */
  broken: Reason[];
  /** Known organisations that a bulk file no longer names. */
  missing: string[];
  /** Known organisations that stay as they were. */
  kept: string[];
}

/**
 * Lays what a file said over what was known, and places every organisation. A row without a place (an orphan, a
 * member of a cycle) is put aside, and the organisation stays as it was; one whose parent went stays, at the top.
 * @param complete a bulk without unreadable lines: what it does not name is missing.
 */
export function settleOrgs(
  before: ReadonlyMap<string, OrgRow>,
  said: SaidOfOrgs,
  complete: boolean,
): SettledOrgs {
  const rows = new Map(said.taken);
  const missing: string[] = [];
  const kept: string[] = [];
  for (const [id, row] of before) {
    if (rows.has(id) || said.gone.has(id)) continue;
    if (complete && !said.aside.has(id)) missing.push(id);
    else {
      kept.push(id);
      rows.set(id, row);
    }
  }
  const broken: Reason[] = [];
  for (;;) {
    const tree = treeOf([...rows.values()]);
    if (tree.broken.size === 0) return { rows, tree, broken, missing, kept };
    const rowsOfFile = [...tree.broken].filter(([, { line }]) => line > 0);
    // With its row of before, an organisation carries what hangs on it: that is judged once more.
    const carrying = rowsOfFile.filter(([id, { rule }]) => {
      return before.has(id) && (rule === 'cycle' || !tree.broken.has(rows.get(id)!.parentSourcedId ?? ''));
    });
    for (const [id, reason] of carrying.length > 0 ? carrying : rowsOfFile) {
      const known = before.get(id);
      broken.push(reason);
      if (known) kept.push(id);
      if (known) rows.set(id, known);
      else rows.delete(id);
    }
    if (rowsOfFile.length > 0) continue;
    for (const id of tree.broken.keys()) {
      const { parentSourcedId: _, ...top } = rows.get(id)!;
      if (top.type === 'department') rows.delete(id);
      else rows.set(id, top);
    }
  }
}

/** The tree of rows that are kept: a row may still name a parent that has gone. */
export function treeOfKept(rows: readonly OrgRow[]): Tree {
  const before = new Map(rows.map((row) => [row.sourcedId, row]));
  return settleOrgs(before, { taken: new Map(), gone: new Set(), aside: new Set() }, false).tree;
}

/** @param row as it is kept. */
export function orgRow(row: string, line: number): OrgRow {
  const [id, name, type, parent] = valuesOf(row);
  return {
    line,
    sourcedId: id!,
    name: name!,
    type: type as OrgType,
    ...(parent && { parentSourcedId: parent }),
  };
}

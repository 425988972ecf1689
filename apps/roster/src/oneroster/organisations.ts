import type { Level } from '#contracts';
import type { OrgType } from './columns.js';
import type { Reason } from './check-row.js';

/** A row of orgs.csv that kept its own rules. */
export interface OrgRow {
  line: number;
  sourcedId: string;
  name: string;
  type: OrgType;
  parentSourcedId?: string;
  /** False for `tobedeleted`. */
  active: boolean;
}

/** An organisation as the product knows it. */
export interface Organisation {
  orgId: string;
  name: string;
  level: Level;
  parentId?: string;
}

export interface Tree {
  /** Parents before their children. */
  organisations: Organisation[];
  /** Organisation of each accepted id: itself, or for a department the one it belongs to. */
  belongs: Map<string, string>;
  /** Ids that stand in the file with a row that was put aside: they stay as they were, they are not missing. */
  aside: Set<string>;
  broken: Reason[];
}

/**
 * The level of each type. `local` is an authority between district and state. A department is a part of an
 * organisation and not one that answers: its people count where it belongs.
 */
const levelOf: Record<Exclude<OrgType, 'department'>, Level> = {
  school: 'school',
  district: 'district',
  local: 'region',
  state: 'state',
  national: 'national',
};

/**
 * Makes the tree of the rows. An orphan (a parent that is neither in the file nor in today's roster) and each member
 * of a cycle is put aside, and stays as it was.
 * @param today active organisations of the roster as it is, for parents whose own row was put aside.
 * @param named ids of all rows of the file, also of those put aside before.
 */
export function treeOf(
  rows: readonly OrgRow[],
  today: ReadonlySet<string>,
  named: ReadonlySet<string>,
): Tree {
  const active = new Map(rows.filter((row) => row.active).map((row) => [row.sourcedId, row]));
  const deleted = new Set(rows.filter((row) => !row.active).map((row) => row.sourcedId));
  const broken: Reason[] = [];
  const placed = new Map<string, Organisation | { department: string }>();

  const aside = (row: OrgRow, rule: 'reference' | 'cycle', message: string): undefined => {
    broken.push({
      line: row.line,
      column: 'parentSourcedId',
      value: (row.parentSourcedId ?? '').slice(0, 80),
      rule,
      message,
    });
    return undefined;
  };
  /** Places what is above first. It ends: members of a cycle are put aside before their parents are asked. */
  const place = (row: OrgRow): Organisation | { department: string } | undefined => {
    const done = placed.get(row.sourcedId);
    if (done) return done;
    const { parentSourcedId: parent } = row;
    if (parent !== undefined && isOnCycle(row, active)) {
      return aside(row, 'cycle', 'following its parents leads back to itself');
    }
    let parentId = parent;
    const above = parent === undefined ? undefined : active.get(parent);
    if (above) {
      const there = place(above);
      if (there) parentId = 'department' in there ? there.department : there.orgId;
      else if (!today.has(parent!)) return aside(row, 'reference', `its parent ${parent} was put aside`);
    } else if (parent !== undefined && !(named.has(parent) && today.has(parent))) {
      return aside(row, 'reference', `its parent ${parent} is not in orgs.csv`);
    }
    if (row.type === 'department') {
      if (parentId === undefined)
        return aside(row, 'reference', 'a department belongs to an organisation, and this names none');
      placed.set(row.sourcedId, { department: parentId });
    } else {
      placed.set(row.sourcedId, {
        orgId: row.sourcedId,
        name: row.name,
        level: levelOf[row.type],
        ...(parentId !== undefined && { parentId }),
      });
    }
    return placed.get(row.sourcedId);
  };

  for (const row of active.values()) place(row);
  return {
    organisations: [...placed.values()].filter((one): one is Organisation => 'orgId' in one),
    belongs: new Map([...placed].map(([id, one]) => [id, 'department' in one ? one.department : one.orgId])),
    aside: new Set([...named].filter((id) => !placed.has(id) && !deleted.has(id))),
    broken: unique(broken),
  };
}

function isOnCycle(row: OrgRow, rows: ReadonlyMap<string, OrgRow>): boolean {
  const passed = new Set<string>();
  for (
    let at = rows.get(row.parentSourcedId ?? '');
    at && !passed.has(at.sourcedId);
    at = rows.get(at.parentSourcedId ?? '')
  ) {
    if (at.sourcedId === row.sourcedId) return true;
    passed.add(at.sourcedId);
  }
  return false;
}

/** A row is put aside once, also when several of its children asked for it. */
function unique(broken: Reason[]): Reason[] {
  return [...new Map(broken.map((reason) => [reason.line, reason])).values()].sort((a, b) => a.line - b.line);
}

import type { Level } from '#contracts';
import type { OrgType } from './columns.js';
import type { Reason } from './check-row.js';

/** A row of orgs.csv that kept its own rules, or one that is kept from before: then its line is 0. */
export interface OrgRow {
  line: number;
  sourcedId: string;
  name: string;
  type: OrgType;
  parentSourcedId?: string;
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
  /** Organisation of each placed row: itself, or for a department the one it belongs to. */
  belongs: Map<string, string>;
  /** Rows that have no place, by id. */
  broken: Map<string, Reason>;
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

/** Makes the tree of the rows. An orphan, a member of a cycle, and whatever hangs on them have no place. */
export function treeOf(all: readonly OrgRow[]): Tree {
  const rows = new Map(all.map((row) => [row.sourcedId, row]));
  const broken = new Map<string, Reason>();
  const placed = new Map<string, Organisation | { department: string }>();

  const aside = (row: OrgRow, rule: 'reference' | 'cycle', message: string): undefined => {
    const value = (row.parentSourcedId ?? '').slice(0, 80);
    broken.set(row.sourcedId, { line: row.line, column: 'parentSourcedId', value, rule, message });
    return undefined;
  };
  /** Places what is above first. It ends: members of a cycle are put aside before their parents are asked. */
  const place = (row: OrgRow): Organisation | { department: string } | undefined => {
    const done = placed.get(row.sourcedId);
    if (done) return done;
    const { parentSourcedId: parent } = row;
    if (parent !== undefined && isOnCycle(row, rows)) {
      return aside(row, 'cycle', 'following its parents leads back to itself');
    }
    let parentId: string | undefined;
    if (parent !== undefined) {
      const above = rows.get(parent);
      if (!above) return aside(row, 'reference', `its parent ${parent.slice(0, 80)} is not in orgs.csv`);
      const there = place(above);
      if (!there) return aside(row, 'reference', `its parent ${parent.slice(0, 80)} was put aside`);
      parentId = 'department' in there ? there.department : there.orgId;
    }
    if (row.type === 'department') {
      if (parentId === undefined)
        return aside(row, 'reference', 'a department belongs to an organisation, and this names none');
      placed.set(row.sourcedId, { department: parentId });
    } else {
      const { sourcedId: orgId, name, type } = row;
      placed.set(orgId, { orgId, name, level: levelOf[type], ...(parentId !== undefined && { parentId }) });
    }
    return placed.get(row.sourcedId);
  };

  for (const row of rows.values()) place(row);
  return {
    organisations: [...placed.values()].filter((one): one is Organisation => 'orgId' in one),
    belongs: new Map([...placed].map(([id, one]) => [id, 'department' in one ? one.department : one.orgId])),
    broken,
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

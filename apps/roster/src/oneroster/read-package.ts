import { createHash } from 'node:crypto';
import { checkRow, listed } from './check-row.js';
import type { Reason, Row } from './check-row.js';
import { columnsOf } from './columns.js';
import type { FileName, OrgType } from './columns.js';
import { belongsTo, groupOf, headcounts, inForce } from './headcounts.js';
import type { Headcount, Person } from './headcounts.js';
import { treeOf } from './organisations.js';
import type { Organisation, OrgRow, Tree } from './organisations.js';
import type { Package } from './package.js';
import { FileRefused, readCsv } from './read-csv.js';

/** What became of one file. `accepted` + `quarantined` = `read`. */
export interface FileReading {
  file: FileName;
  refused?: string;
  read: number;
  accepted: number;
  quarantined: number;
  /** The first hundred. */
  reasons: Reason[];
  /** Values that were taken although their case slips, by column. */
  slipped: Record<string, number>;
  /** SHA-256 of the accepted rows, by which a later import sees that nothing changed. */
  digest: string;
}

/** All that an import found. */
export interface Reading {
  files: FileReading[];
  tree: Tree;
  /** Undefined when a file without which nobody can be counted was absent or refused; `notCounted` says which. */
  counts?: Headcount[];
  notCounted?: string;
  people: number;
  enrolments: number;
}

const reasonsKept = 100;

/**
 * Reads a whole package, file by file, and works out organisations and headcounts. Nothing is stored; of people only
 * ids, groups and grades are held, and only until this returns.
 * @param today active organisations of the roster as it is. @param day today's date in the district.
 * @param beat called now and then, to say that the import is alive.
 */
export async function readPackage(
  pack: Package,
  today: ReadonlySet<string>,
  day: string,
  beat: () => Promise<void>,
): Promise<Reading> {
  return new PackageReader(pack, today, day, beat).all();
}

class PackageReader {
  private readonly files: FileReading[] = [];
  private readonly ids = new Map<FileName, Set<string>>();
  private readonly orgRows: OrgRow[] = [];
  private readonly people = new Map<string, Person>();
  private tree!: Tree;
  private enrolments = 0;

  constructor(
    private readonly pack: Package,
    private readonly today: ReadonlySet<string>,
    private readonly day: string,
    private readonly beat: () => Promise<void>,
  ) {}

  async all(): Promise<Reading> {
    for (const file of this.pack.manifest.bulk) await this.one(file);
    const notCounted = this.whyNotCounted();
    return {
      files: this.files,
      tree: this.tree,
      ...(notCounted ? { notCounted } : { counts: headcounts(this.people, this.tree.organisations) }),
      people: [...this.people.values()].filter((person) => person.active).length,
      enrolments: this.enrolments,
    };
  }

  private async one(file: FileName): Promise<void> {
    const reading: FileReading = {
      file,
      read: 0,
      accepted: 0,
      quarantined: 0,
      reasons: [],
      slipped: {},
      digest: '',
    };
    this.files.push(reading);
    const columns = columnsOf(file, this.pack.manifest.version);
    const hash = createHash('sha256');
    const accepted = new Set<string>();
    const named = new Set<string>();
    try {
      for await (const line of readCsv(`${file}.csv`, await this.pack.open(file), columns)) {
        reading.read += 1;
        if (reading.read % 5_000 === 0) await this.beat();
        if ('broken' in line) {
          putAside(reading, line.broken);
          continue;
        }
        const { row } = line;
        const id = row['sourcedId'] ?? '';
        if (id) named.add(id);
        const slipped = (column: string): void =>
          void (reading.slipped[column] = (reading.slipped[column] ?? 0) + 1);
        const broken =
          checkRow(row, line.line, columns, (other, key) => this.ids.get(other)?.has(key), slipped) ??
          twice(accepted, id, line.line);
        if (broken) {
          putAside(reading, broken);
          continue;
        }
        accepted.add(id);
        reading.accepted += 1;
        hash.update(JSON.stringify(row));
        this.take(file, row, line.line);
      }
      reading.digest = hash.digest('base64url');
      this.ids.set(file, accepted);
    } catch (error) {
      if (!(error instanceof FileRefused)) throw error;
      reading.refused = error.message;
    }
    if (file === 'orgs') this.placeOrganisations(reading, named, accepted);
  }

  private placeOrganisations(reading: FileReading, named: Set<string>, accepted: Set<string>): void {
    this.tree = treeOf(this.orgRows, this.today, named);
    for (const broken of this.tree.broken) {
      putAside(reading, broken);
      reading.accepted -= 1;
    }
    // A row that was put aside may still be referred to when the roster knows its organisation.
    for (const id of this.tree.aside) {
      if (this.today.has(id)) accepted.add(id);
      else accepted.delete(id);
    }
  }

  private take(file: FileName, row: Row, line: number): void {
    const active = row['status'] !== 'tobedeleted';
    if (file === 'orgs') this.orgRows.push(orgRow(row, line, active));
    else if (file === 'users') this.takeUser(row, active);
    else if (file === 'roles' && active) this.takeRole(row);
    else if (file === 'enrollments' && active) this.takeEnrolment(row);
  }

  private takeUser(row: Row, active: boolean): void {
    // A disabled account is still a person at the school: enabledUser is about access alone, so it does not count here.
    const grade = listed(row['grades'] ?? '')[0]?.slice(0, 16);
    const person: Person = {
      active,
      agents: listed(row['agentSourcedIds'] ?? ''),
      at: new Map(),
      ...(grade && { grade }),
    };
    this.people.set(row['sourcedId']!, person);
    if (row['role'])
      for (const orgId of listed(row['orgSourcedIds'] ?? '')) this.belongs(person, row['role'], orgId);
  }

  private takeRole(row: Row): void {
    const person = this.people.get(row['userSourcedId']!);
    if (person && this.isInForce(row)) this.belongs(person, row['role']!, row['orgSourcedId']!);
  }

  private takeEnrolment(row: Row): void {
    if (!this.isInForce(row)) return;
    this.enrolments += 1;
    const person = this.people.get(row['userSourcedId']!);
    if (person) this.belongs(person, row['role']!, row['schoolSourcedId']!);
  }

  private belongs(person: Person, role: string, orgId: string): void {
    belongsTo(person, groupOf(role), this.tree.belongs.get(orgId) ?? orgId);
  }

  private isInForce(row: Row): boolean {
    return inForce(this.day, row['beginDate'] ?? '', row['endDate'] ?? '');
  }

  private whyNotCounted(): string | undefined {
    const { bulk, version } = this.pack.manifest;
    const refused = this.files.find(
      ({ file, refused }) => refused && ['users', 'roles', 'enrollments'].includes(file),
    );
    if (refused) return `${refused.file}.csv was refused`;
    const owed: FileName[] = version === '1.2' ? ['users', 'roles'] : ['users'];
    const absent = owed.find((file) => !bulk.includes(file));
    if (absent) return `${absent}.csv is absent`;
    const empty = this.files.find(({ file, accepted }) => owed.includes(file) && accepted === 0);
    return empty && `${empty.file}.csv has no row that was accepted`;
  }
}

function orgRow(row: Row, line: number, active: boolean): OrgRow {
  const parent = row['parentSourcedId'];
  return {
    line,
    sourcedId: row['sourcedId']!,
    name: row['name']!,
    type: row['type'] as OrgType,
    active,
    ...(parent && { parentSourcedId: parent }),
  };
}

function twice(accepted: ReadonlySet<string>, id: string, line: number): Reason | undefined {
  if (!accepted.has(id)) return undefined;
  return {
    line,
    column: 'sourcedId',
    value: id.slice(0, 80),
    rule: 'unique',
    message: 'an earlier row has the same sourcedId',
  };
}

function putAside(reading: FileReading, reason: Reason): void {
  reading.quarantined += 1;
  if (reading.reasons.length < reasonsKept) reading.reasons.push(reason);
}

/** The organisations of a reading that today's roster does not show the same way, and those it must close. */
export function changesTo(
  today: ReadonlyMap<string, Organisation>,
  { organisations, aside }: Tree,
): { changed: number; unchanged: number; close: string[] } {
  const found = new Set(organisations.map(({ orgId }) => orgId));
  const unchanged = organisations.filter((one) => isSame(today.get(one.orgId), one)).length;
  return {
    changed: organisations.length - unchanged,
    unchanged,
    close: [...today.keys()].filter((orgId) => !found.has(orgId) && !aside.has(orgId)),
  };
}

function isSame(before: Organisation | undefined, after: Organisation): boolean {
  return before?.name === after.name && before.level === after.level && before.parentId === after.parentId;
}

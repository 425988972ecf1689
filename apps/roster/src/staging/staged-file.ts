import { join } from 'node:path';
import type { District } from '#platform';
import type { FileOfRows } from '../generations/generation.js';
import type { NameOf, RowChunks } from '../generations/row-chunks.js';
import { idOf } from '../generations/row.js';
import type { Reason } from '../oneroster/check-row.js';
import type { FileName } from '../oneroster/columns.js';
import { putAside } from './file-report.js';
import type { FileReport } from './file-report.js';
import type { Fate } from './read-file.js';
import type { Beat } from './progress.js';
import { Spill } from './spill.js';

export interface Staging {
  district: District;
  chunks: RowChunks;
  /** Names chunks. */
  nameOf: NameOf;
  /** An empty folder of this staging alone. */
  folder: string;
  quarantine(file: FileName, reason: Reason): void;
  beat: Beat;
}

/** What a bucket's rows say. */
interface Sorted {
  /** Rows by id. */
  taken: Map<string, string>;
  gone: Set<string>;
  aside: Set<string>;
}

/**
 * One file while it is staged. Its rows lie on disk in buckets by id, its references by the id that they name; both
 * are settled bucket by bucket, so that no file is ever held in memory.
 */
export class StagedFile {
  /** `fate line row`, separated by tabs; the row begins with its id. */
  private readonly rows: Spill;
  /** `named id line column`, by the file that is referred to. */
  private readonly references = new Map<FileName, Spill>();
  /** `line column named`: references that lead nowhere. */
  private dangling?: Spill;
  private readonly danglingTo = new Map<string, FileName>();
  /** The rows as they will be, in the same buckets: what later files refer to. */
  private readonly final?: Spill;

  /** @param isReferredTo whether other files name its ids. */
  constructor(
    private readonly staging: Staging,
    readonly file: FileName,
    private readonly base: FileOfRows | undefined,
    readonly buckets: number,
    readonly report: FileReport,
    isReferredTo: boolean,
  ) {
    this.rows = this.spill('rows');
    if (isReferredTo) this.final = this.spill('final');
  }

  /** Takes a row as it was read. */
  add(fate: Fate, line: number, id: string, row: string): void {
    this.rows.add(id, `${fate}\t${line}\t${row}`);
  }

  refer(to: StagedFile, named: string, id: string, line: number, column: string): void {
    let spill = this.references.get(to.file);
    if (!spill) {
      spill = this.spill(`to-${to.file}`, to.buckets);
      this.references.set(to.file, spill);
    }
    spill.add(named, `${named}\t${id}\t${line}\t${column}`);
  }

  /** Finds the references to a settled file that lead nowhere. */
  async checkReferences(to: StagedFile): Promise<void> {
    const spill = this.references.get(to.file);
    if (!spill) return;
    for (let bucket = 0; bucket < to.buckets; bucket += 1) {
      const references = spill.lines(bucket);
      if (references.length === 0) continue;
      const there = new Set(to.finalRows(bucket).map(idOf));
      for (const reference of references) {
        if (there.has(idOf(reference))) continue;
        const [named, id, line, column] = reference.split('\t') as [string, string, string, string];
        this.dangling ??= this.spill('dangling');
        this.dangling.add(id, `${line}\t${column}\t${named}`);
        this.danglingTo.set(column, to.file);
      }
      await this.staging.beat();
    }
    spill.close();
    this.references.delete(to.file);
  }

  /**
   * Settles every bucket: drops what refers to nothing or comes twice, lays the rest over what was known, and writes
   * the chunks that are new.
   */
  async settle(): Promise<FileOfRows> {
    const digests: string[] = [];
    for (let bucket = 0; bucket < this.buckets; bucket += 1) {
      digests.push(await this.settleBucket(bucket));
      await this.staging.beat({ step: 'settling', file: this.file, done: bucket + 1, all: this.buckets });
    }
    for (const spill of [this.rows, this.dangling]) spill?.close();
    const { added, deleted, missing } = this.report;
    return { digests, rows: (this.base?.rows ?? 0) + added - deleted - missing };
  }

  finalRows(bucket: number): string[] {
    return this.final!.lines(bucket);
  }

  close(): void {
    this.final?.close();
  }

  /** Lets go of everything that was read. */
  discard(): void {
    for (const spill of [this.rows, ...this.references.values()]) spill.close();
    this.close();
  }

  /** @returns the digest of the bucket's rows. */
  private async settleBucket(bucket: number): Promise<string> {
    const { report } = this;
    const known = this.base?.digests.length === this.buckets ? this.base.digests[bucket]! : undefined;
    if (known !== undefined && report.mode === 'delta' && !this.final && this.rows.isEmpty(bucket))
      return known;
    const sorted = this.sorted(bucket);
    // Most buckets of most imports are what they were: then what was known need not even be read.
    if (known !== undefined && report.mode === 'bulk' && report.unreadable === 0 && sorted.aside.size === 0) {
      const rows = inOrder(sorted.taken);
      if (this.nameOf(rows) === known) {
        report.unchanged += rows.length + sorted.gone.size;
        return this.keep(bucket, rows, known);
      }
    }
    const rows = inOrder(await this.laidOver(bucket, sorted));
    const digest = this.nameOf(rows);
    if (digest && digest !== known)
      await this.staging.chunks.put(this.staging.district, digest, rows.join('\n'));
    return this.keep(bucket, rows, digest);
  }

  private nameOf(rows: readonly string[]): string {
    return rows.length > 0 ? this.staging.nameOf(rows.join('\n')) : '';
  }

  /** Keeps the rows at hand for those that refer to them. */
  private keep(bucket: number, rows: readonly string[], digest: string): string {
    if (this.final) for (const row of rows) this.final.put(bucket, row);
    return digest;
  }

  /** What the bucket will hold, counted against what it held. */
  private async laidOver(bucket: number, { taken, gone, aside }: Sorted): Promise<Map<string, string>> {
    const { report } = this;
    const { district, chunks } = this.staging;
    const before = new Map<string, string>();
    for (const row of await chunks.bucket(district, this.base, bucket, this.buckets))
      before.set(idOf(row), row);
    const keepsUnnamed = report.mode === 'delta' || report.unreadable > 0;
    const after = new Map(taken);
    for (const [id, row] of before) {
      if (gone.has(id) || taken.has(id)) continue;
      if (!keepsUnnamed && !aside.has(id)) {
        report.missing += 1;
        continue;
      }
      if (report.mode === 'bulk' || aside.has(id)) report.kept += 1;
      after.set(id, row);
    }
    for (const id of gone) report[before.has(id) ? 'deleted' : 'unchanged'] += 1;
    for (const [id, row] of taken) {
      const was = before.get(id);
      report[was === undefined ? 'added' : was === row ? 'unchanged' : 'altered'] += 1;
    }
    return after;
  }

  /** The rows of a bucket by what they say; of an id that comes twice the first good row counts. */
  private sorted(bucket: number): Sorted {
    const dangling = new Map<string, string>();
    for (const text of this.dangling?.lines(bucket) ?? []) {
      const line = idOf(text);
      if (!dangling.has(line)) dangling.set(line, text);
    }
    const taken = new Map<string, string>();
    const gone = new Set<string>();
    const aside = new Set<string>();
    for (const text of this.rows.lines(bucket)) {
      const first = text.indexOf('\t');
      const second = text.indexOf('\t', first + 1);
      const fate = text.slice(0, first) as Fate;
      const line = text.slice(first + 1, second);
      const row = text.slice(second + 1);
      const id = idOf(row);
      if (fate === 'aside') {
        aside.add(id);
        continue;
      }
      const lost = dangling.size > 0 ? dangling.get(line) : undefined;
      if (lost !== undefined) {
        aside.add(id);
        this.quarantine(this.unknown(lost));
      } else if (taken.has(id) || gone.has(id)) {
        const message = 'an earlier row has the same sourcedId';
        const value = id.slice(0, 80);
        this.quarantine({ line: Number(line), column: 'sourcedId', value, rule: 'unique', message });
      } else if (fate === 'deleted') gone.add(id);
      else taken.set(id, row);
    }
    return { taken, gone, aside };
  }

  private unknown(dangling: string): Reason {
    const [line, column, named] = dangling.split('\t') as [string, string, string];
    const value = named.slice(0, 80);
    const message = `${column} names ${value}, which ${this.danglingTo.get(column)!}.csv does not have`;
    return { line: Number(line), column, value, rule: 'reference', message };
  }

  private quarantine(reason: Reason): void {
    putAside(this.report, reason);
    this.staging.quarantine(this.file, reason);
  }

  private spill(what: string, buckets = this.buckets): Spill {
    return new Spill(join(this.staging.folder, `${this.file}-${what}`), buckets);
  }
}

function inOrder(rows: ReadonlyMap<string, string>): string[] {
  return [...rows.keys()].sort().map((id) => rows.get(id)!);
}

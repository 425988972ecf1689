import { join } from 'node:path';
import type { District } from '#platform';
import type { Chunks } from '../generations/chunks.js';
import type { FileOfRows, KeptRow } from '../generations/generation.js';
import { digestOf } from '../generations/sealing.js';
import type { Reason } from '../oneroster/check-row.js';
import type { FileName } from '../oneroster/columns.js';
import { putAside } from './file-report.js';
import type { FileReport } from './file-report.js';
import type { Fate } from './read-file.js';
import { Spill } from './spill.js';

/** One spilled row. */
type Spilled = [fate: Fate, line: number, ...kept: string[]];
type Reference = [named: string, id: string, line: number, column: string];
type Dangling = [line: number, column: string, named: string];

export interface Staging {
  district: District;
  chunks: Chunks;
  /** An empty folder of this staging alone. */
  folder: string;
  quarantine(file: FileName, reason: Reason): void;
  beat(): Promise<void>;
}

/**
 * One file while it is staged. Its rows lie on disk in buckets by id, its references by the id that they name; both
 * are settled bucket by bucket, so that no file is ever held in memory.
 */
export class StagedFile {
  private readonly rows: Spill;
  private readonly references = new Map<FileName, Spill>();
  private dangling?: Spill;
  /** The rows as they will be, in the same buckets: what later files refer to. */
  private readonly final: Spill;

  constructor(
    private readonly staging: Staging,
    readonly file: FileName,
    private readonly base: FileOfRows | undefined,
    readonly buckets: number,
    readonly report: FileReport,
  ) {
    this.rows = this.spill('rows');
    this.final = this.spill('final');
  }

  /** Takes a row as it was read. */
  add(fate: Fate, line: number, kept: string[]): void {
    this.rows.add(kept[0]!, JSON.stringify([fate, line, ...kept] satisfies Spilled));
  }

  refer(to: StagedFile, named: string, from: { id: string; line: number; column: string }): void {
    let spill = this.references.get(to.file);
    if (!spill) {
      spill = this.spill(`to-${to.file}`, to.buckets);
      this.references.set(to.file, spill);
    }
    spill.add(named, JSON.stringify([named, from.id, from.line, from.column] satisfies Reference));
  }

  /** Finds the references to a settled file that lead nowhere. */
  async checkReferences(to: StagedFile): Promise<void> {
    const spill = this.references.get(to.file);
    if (!spill) return;
    for (let bucket = 0; bucket < to.buckets; bucket += 1) {
      const references = spill.lines(bucket);
      if (references.length === 0) continue;
      const there = new Set(to.finalRows(bucket).map(([id]) => id));
      for (const text of references) {
        const [named, id, line, column] = JSON.parse(text) as Reference;
        if (there.has(named)) continue;
        this.dangling ??= this.spill('dangling');
        this.dangling.add(id, JSON.stringify([line, column, named] satisfies Dangling));
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
   * @param each is given the rows of a bucket as they will be.
   */
  async settle(each: (rows: KeptRow[], bucket: number) => void = () => undefined): Promise<FileOfRows> {
    const digests: string[] = [];
    let count = 0;
    for (let bucket = 0; bucket < this.buckets; bucket += 1) {
      const rows = await this.settleBucket(bucket);
      each(rows, bucket);
      const lines = rows.map((row) => JSON.stringify(row));
      for (const line of lines) this.final.put(bucket, line);
      digests.push(await this.write(bucket, lines));
      count += rows.length;
      await this.staging.beat();
    }
    for (const spill of [this.rows, this.dangling]) spill?.close();
    return { digests, rows: count };
  }

  finalRows(bucket: number): KeptRow[] {
    return this.final.lines(bucket).map((line) => JSON.parse(line) as KeptRow);
  }

  close(): void {
    this.final.close();
  }

  /** Lets go of everything that was read. */
  discard(): void {
    for (const spill of [this.rows, this.final, ...this.references.values()]) spill.close();
  }

  private readonly danglingTo = new Map<string, FileName>();

  private async settleBucket(bucket: number): Promise<KeptRow[]> {
    const { district, chunks } = this.staging;
    const before = new Map<string, string>();
    for (const line of await chunks.bucket(district, this.base, bucket, this.buckets)) {
      before.set((JSON.parse(line) as KeptRow)[0], line);
    }
    const { taken, gone, aside } = this.sorted(bucket);
    const after = new Map<string, KeptRow>();
    const { report } = this;
    const keepsUnnamed = report.mode === 'delta' || report.unreadable > 0;
    for (const [id, line] of before) {
      if (gone.has(id) || taken.has(id)) continue;
      if (!keepsUnnamed && !aside.has(id)) {
        report.missing += 1;
        continue;
      }
      if (report.mode === 'bulk') report.kept += 1;
      after.set(id, JSON.parse(line) as KeptRow);
    }
    for (const id of gone) {
      if (before.has(id)) report.deleted += 1;
      else report.unchanged += 1;
    }
    for (const [id, row] of taken) {
      const known = before.get(id);
      if (known === undefined) report.added += 1;
      else if (known === JSON.stringify(row)) report.unchanged += 1;
      else report.altered += 1;
      after.set(id, row);
    }
    return [...after.values()].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** The rows of a bucket by what they say; of an id that comes twice the first good row counts. */
  private sorted(bucket: number): { taken: Map<string, KeptRow>; gone: Set<string>; aside: Set<string> } {
    const dangling = new Map<number, Dangling>();
    for (const text of this.dangling?.lines(bucket) ?? []) {
      const one = JSON.parse(text) as Dangling;
      if (!dangling.has(one[0])) dangling.set(one[0], one);
    }
    const taken = new Map<string, KeptRow>();
    const gone = new Set<string>();
    const aside = new Set<string>();
    for (const text of this.rows.lines(bucket)) {
      const [fate, line, ...kept] = JSON.parse(text) as Spilled;
      const id = kept[0]!;
      if (fate === 'aside') {
        aside.add(id);
        continue;
      }
      const lost = dangling.get(line);
      if (lost) {
        aside.add(id);
        this.quarantine(this.unknown(lost));
      } else if (taken.has(id) || gone.has(id)) {
        const message = 'an earlier row has the same sourcedId';
        this.quarantine({ line, column: 'sourcedId', value: id.slice(0, 80), rule: 'unique', message });
      } else if (fate === 'deleted') gone.add(id);
      else taken.set(id, kept as KeptRow);
    }
    return { taken, gone, aside };
  }

  private unknown([line, column, named]: Dangling): Reason {
    const value = named.slice(0, 80);
    const message = `${column} names ${value}, which ${this.danglingTo.get(column)!}.csv does not have`;
    return { line, column, value, rule: 'reference', message };
  }

  private quarantine(reason: Reason): void {
    putAside(this.report, reason);
    this.staging.quarantine(this.file, reason);
  }

  /** @returns the chunk's digest; what the bucket had before is not written again. */
  private async write(bucket: number, lines: string[]): Promise<string> {
    if (lines.length === 0) return '';
    const text = lines.join('\n');
    const digest = digestOf(text);
    const known = this.base?.digests.length === this.buckets && this.base.digests[bucket] === digest;
    if (!known) await this.staging.chunks.put(this.staging.district, digest, text);
    return digest;
  }

  private spill(what: string, buckets = this.buckets): Spill {
    return new Spill(join(this.staging.folder, `${this.file}-${what}`), buckets);
  }
}

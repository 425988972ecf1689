import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { invalid } from '#platform';
import type { District } from '#platform';
import { Chunks } from '../generations/chunks.js';
import type { Generation } from '../generations/generation.js';
import { idOf } from '../generations/row.js';
import type { Row } from '../oneroster/check-row.js';
import type { Column } from '../oneroster/columns.js';
import { BrokenRows } from '../oneroster/sent-csv.js';
import type { SentCsv } from '../oneroster/sent-csv.js';
import { folderPrefix } from '../imports/stage-import.js';
import { Spill } from '../staging/spill.js';
import { Crosswalk, walkLine, walkedFiles } from './crosswalk.js';
import type { WalkedFile } from './crosswalk.js';
import type { FilePreview } from './crosswalk-preview.js';

const keep = 'what an id means';
const columns: Record<string, Column> = {
  file: { required: true, oneOf: walkedFiles },
  oldSourcedId: { required: true, max: 128, keep },
  newSourcedId: { required: true, max: 128, keep },
};

const buckets = 64;
const mostRows = 1_000_000;
const examples = 20;
/** Stands where the line's number does, of what the file did not say. */
const before = '0';

/** What a mapping says, laid over what was said before and held against the roster. */
export interface Laid {
  /** With one of them nothing can be applied. */
  broken: BrokenRows;
  files: FilePreview[];
  /** All lines as they are to be kept, some at a time. */
  lines(): AsyncIterable<string>;
  /** How many they are, by file. */
  rows(): Record<string, number>;
  close(): Promise<void>;
}

/**
 * Reads a mapping of ids. Every row lies on disk twice, by its old and by its new id, in buckets as people do, so that
 * a million rows are checked in the memory of one bucket.
 */
@Injectable()
export class LayCrosswalk {
  constructor(private readonly chunks: Chunks) {}

  /**
   * @param before the source's crosswalk until now: an old id that is a new one there means what that one means, so
   * that a second change of system goes on from the first.
   * @throws Problem 422 or 413 for a file of which no row can be trusted.
   */
  async lay(
    district: District,
    file: SentCsv,
    before: Uint8Array | undefined,
    generation: Generation | undefined,
  ): Promise<Laid> {
    const folder = await mkdtemp(join(tmpdir(), folderPrefix));
    const laying = new Laying(
      new Spill(join(folder, 'old'), buckets),
      new Spill(join(folder, 'new'), buckets),
      new Spill(join(folder, 'earlier'), buckets),
      before,
    );
    const close = async (): Promise<void> => {
      laying.close();
      await rm(folder, { recursive: true, force: true });
    };
    try {
      await laying.read(file);
      for (let bucket = 0; bucket < buckets; bucket += 1) {
        const known = new Map<WalkedFile, Set<string>>();
        for (const about of laying.files) {
          const rows = await this.chunks.bucket(district, generation?.files[about], bucket, buckets);
          known.set(about, new Set(rows.map(idOf)));
        }
        laying.check(bucket, known);
      }
    } catch (error) {
      await close();
      throw error;
    }
    return {
      broken: laying.broken,
      files: laying.previews(),
      lines: () => laying.lines(),
      rows: () => laying.rows(),
      close,
    };
  }
}

class Laying {
  readonly broken = new BrokenRows();
  /** The files that the mapping is about. */
  readonly files = new Set<WalkedFile>();
  private readonly found = new Map<WalkedFile, FilePreview>();
  private readonly before?: Crosswalk;

  constructor(
    private readonly byOld: Spill,
    private readonly byNew: Spill,
    /** What was said before, by old id. */
    private readonly earlier: Spill,
    private readonly linesBefore: Uint8Array | undefined,
  ) {
    if (linesBefore) this.before = new Crosswalk(linesBefore);
  }

  async read({ name, lines }: SentCsv): Promise<void> {
    let count = 0;
    for await (const some of lines(columns)) {
      count += some.length;
      if (count > mostRows) throw invalid('file', 'readable', `${name} has more than ${mostRows} rows`);
      for (const one of some) {
        if ('row' in one) this.take(one.row, one.line);
        else this.broken.add(one.broken);
      }
    }
    for (const line of linesOf(this.linesBefore)) this.earlier.add(line.split('\t')[2]!, line);
  }

  /** Rows of the file with one id, what the roster knows of these, and what of before stays. */
  check(bucket: number, known: ReadonlyMap<WalkedFile, ReadonlySet<string>>): void {
    const olds = new Set<string>();
    for (const text of this.byOld.lines(bucket)) {
      const [file, oldId, line] = text.split('\t') as [WalkedFile, string, string];
      const key = `${file}\t${oldId}`;
      if (olds.has(key)) this.isTwice('oldSourcedId', oldId, line);
      olds.add(key);
      const preview = this.preview(file);
      if (known.get(file)!.has(oldId)) preview.mapped += 1;
      else note(preview.unknownOld, oldId);
    }
    for (const [file, ids] of known)
      for (const id of ids) if (!olds.has(`${file}\t${id}`)) this.preview(file).unmapped += 1;
    const news = new Set<string>();
    for (const text of this.byNew.lines(bucket)) {
      const [file, newId, oldId, line] = text.split('\t') as [WalkedFile, string, string, string];
      const key = `${file}\t${newId}`;
      if (line === before) continue;
      if (news.has(key)) this.isTwice('newSourcedId', newId, line);
      else if (newId !== oldId && known.get(file)!.has(newId) && !olds.has(key))
        note(this.preview(file).alreadyThere, newId);
      news.add(key);
    }
    // What was said before of an old id gives way to what is said of it now.
    for (const line of this.earlier.lines(bucket)) {
      const [file, newId, oldId] = line.split('\t') as [string, string, string];
      if (!olds.has(`${file}\t${oldId}`)) this.byNew.add(newId, `${line}\t${before}`);
    }
  }

  previews(): FilePreview[] {
    return walkedFiles.flatMap((file) => this.found.get(file) ?? []);
  }

  async *lines(): AsyncIterable<string> {
    for (const kept of this.kept()) yield kept.map((line) => `${line}\n`).join('');
  }

  rows(): Record<string, number> {
    const rows: Record<string, number> = {};
    for (const kept of this.kept())
      for (const line of kept) {
        const file = idOf(line);
        rows[file] = (rows[file] ?? 0) + 1;
      }
    return rows;
  }

  /** All lines, a bucket at a time; of a new id that was said before, too, the file's own, which comes first. */
  private *kept(): Generator<string[]> {
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      const news = new Map<string, string>();
      for (const text of this.byNew.lines(bucket)) {
        const [file, newId, oldId] = text.split('\t') as [string, string, string];
        const key = `${file}\t${newId}`;
        if (!news.has(key)) news.set(key, walkLine(file, newId, oldId));
      }
      if (news.size > 0) yield [...news.values()];
    }
  }

  close(): void {
    this.byOld.close();
    this.byNew.close();
    this.earlier.close();
  }

  private take(row: Row, line: number): void {
    const file = row['file'] as WalkedFile;
    this.files.add(file);
    const newId = row['newSourcedId']!;
    const said = row['oldSourcedId']!;
    // What is said once more, as in a retry, means what it meant the first time.
    const isRepeated = this.before?.find(file, newId) === said;
    const oldId = (isRepeated ? undefined : this.before?.find(file, said)) ?? said;
    this.byOld.add(oldId, `${file}\t${oldId}\t${line}`);
    this.byNew.add(newId, `${walkLine(file, newId, oldId)}\t${line}`);
  }

  private preview(file: WalkedFile): FilePreview {
    let preview = this.found.get(file);
    if (!preview) {
      const none = () => ({ count: 0, examples: [] });
      preview = { file, mapped: 0, unmapped: 0, unknownOld: none(), alreadyThere: none() };
      this.found.set(file, preview);
    }
    return preview;
  }

  private isTwice(column: string, value: string, line: string): void {
    const message = `an earlier row has the same ${column}`;
    this.broken.add({ line: Number(line), column, value: value.slice(0, 80), rule: 'unique', message });
  }
}

/** One at a time: all of them as strings would take many times the memory of their bytes. */
function* linesOf(bytes: Uint8Array | undefined): Generator<string> {
  if (!bytes) return;
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < all.length;) {
    const end = all.indexOf('\n', at);
    yield all.toString('utf8', at, end);
    at = end + 1;
  }
}

function note(ids: FilePreview['unknownOld'], id: string): void {
  ids.count += 1;
  if (ids.examples.length < examples) ids.examples.push(id.slice(0, 80));
}

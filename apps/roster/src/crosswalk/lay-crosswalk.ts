import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { District } from '#platform';
import { Chunks } from '../generations/chunks.js';
import type { Generation } from '../generations/generation.js';
import { idOf } from '../generations/row.js';
import { rowCheck } from '../oneroster/check-row.js';
import type { Reason, Row } from '../oneroster/check-row.js';
import type { Column } from '../oneroster/columns.js';
import { FileRefused, readCsv } from '../oneroster/read-csv.js';
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
const mostBroken = 100;
const examples = 20;

/** What a mapping says, laid over what was said before and held against the roster. */
export interface Laid {
  /** Rows that break a rule, the first hundred; with one of them nothing can be applied. */
  broken: Reason[];
  files: FilePreview[];
  /** All lines as they are to be kept, some at a time. */
  lines(): AsyncIterable<string>;
  rows: Record<string, number>;
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
   * @throws FileRefused for a file of which no row can be trusted.
   */
  async lay(
    district: District,
    name: string,
    bytes: Readable,
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
      await laying.read(name, bytes);
      // All old ids first: what was said before of one of them gives way.
      for (const step of ['checkOld', 'checkNew'] as const) {
        for (let bucket = 0; bucket < buckets; bucket += 1) {
          const known = new Map<WalkedFile, Set<string>>();
          for (const file of laying.files) {
            const rows = await this.chunks.bucket(district, generation?.files[file], bucket, buckets);
            known.set(file, new Set(rows.map(idOf)));
          }
          laying[step](bucket, known);
        }
      }
    } catch (error) {
      await close();
      throw error;
    }
    const { broken, rows } = laying;
    return { broken, rows, files: laying.previews(), lines: () => laying.lines(), close };
  }
}

class Laying {
  readonly broken: Reason[] = [];
  /** How many rows will be kept, by file. */
  readonly rows: Record<string, number> = {};
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

  async read(name: string, bytes: Readable): Promise<void> {
    const check = rowCheck(
      columns,
      () => undefined,
      () => undefined,
    );
    let count = 0;
    for await (const lines of readCsv(name, async () => bytes, columns)) {
      for (const one of lines) {
        count += 1;
        const reason = 'broken' in one ? one.broken : check(one.row, one.line);
        if (reason) this.isBroken(reason);
        else if ('row' in one) this.take(one.row, one.line);
      }
      if (count > mostRows) throw new FileRefused(`${name} has more than ${mostRows} rows`);
    }
    for (const line of linesOf(this.linesBefore)) this.earlier.add(line.split('\t')[2]!, line);
  }

  /** Two rows with one old id, what the roster knows of these, and what of before stays. */
  checkOld(bucket: number, known: ReadonlyMap<WalkedFile, ReadonlySet<string>>): void {
    const olds = new Map<string, string>();
    for (const text of this.byOld.lines(bucket)) {
      const [file, oldId, line] = text.split('\t') as [WalkedFile, string, string];
      const key = `${file}\t${oldId}`;
      if (olds.has(key)) this.isTwice('oldSourcedId', oldId, line);
      olds.set(key, line);
      const preview = this.preview(file);
      if (known.get(file)!.has(oldId)) preview.mapped += 1;
      else note(preview.unknownOld, oldId);
    }
    for (const [file, ids] of known)
      for (const id of ids) if (!olds.has(`${file}\t${id}`)) this.preview(file).unmapped += 1;
    for (const line of this.earlier.lines(bucket)) {
      const [file, newId, oldId] = line.split('\t') as [string, string, string];
      if (!olds.has(`${file}\t${oldId}`)) this.byNew.add(newId, `${line}\t0`);
    }
  }

  /** Two rows with one new id, and new ids that the roster knows as something else. */
  checkNew(bucket: number, known: ReadonlyMap<WalkedFile, ReadonlySet<string>>): void {
    const olds = new Set(this.byOld.lines(bucket).map((text) => text.slice(0, text.lastIndexOf('\t'))));
    const news = new Set<string>();
    for (const text of this.byNew.lines(bucket)) {
      const [file, newId, oldId, line] = text.split('\t') as [WalkedFile, string, string, string];
      const key = `${file}\t${newId}`;
      if (news.has(key)) {
        // What was said before gives way without a word.
        if (line !== '0') this.isTwice('newSourcedId', newId, line);
        continue;
      }
      news.add(key);
      this.rows[file] = (this.rows[file] ?? 0) + 1;
      const isAnother = newId !== oldId && known.get(file)?.has(newId) && !olds.has(key);
      if (line !== '0' && isAnother) note(this.preview(file).alreadyThere, newId);
    }
  }

  previews(): FilePreview[] {
    return walkedFiles.flatMap((file) => this.found.get(file) ?? []);
  }

  async *lines(): AsyncIterable<string> {
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      const news = new Map<string, string>();
      for (const text of this.byNew.lines(bucket)) {
        const [file, newId, oldId] = text.split('\t') as [string, string, string];
        const key = `${file}\t${newId}`;
        if (!news.has(key)) news.set(key, `${walkLine(file, newId, oldId)}\n`);
      }
      if (news.size > 0) yield [...news.values()].join('');
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
    this.isBroken({ line: Number(line), column, value: value.slice(0, 80), rule: 'unique', message });
  }

  private isBroken(reason: Reason): void {
    if (this.broken.length < mostBroken) this.broken.push(reason);
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

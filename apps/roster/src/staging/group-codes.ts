import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { codedFiles, columnsRead, fileOf } from '../groups/group-columns.js';
import type { Code, CodedFile, GroupColumns } from '../groups/group-columns.js';
import { personOf } from './people.js';
import type { Person } from './people.js';
import { Spill } from './spill.js';

/** A call of the hash for each row would cost more than the row. In characters. */
const hashedAtOnce = 16_384;

/** What a feed says of the groups that people belong to, aside on disk in the buckets of users. */
export class GroupCodes {
  private readonly spill: Spill;
  private readonly said = createHash('sha256');
  private waiting = '';
  private readonly modes: Partial<Record<CodedFile, 'bulk' | 'delta'>> = {};

  constructor(
    folder: string,
    buckets: number,
    private readonly columns: GroupColumns,
  ) {
    this.spill = new Spill(join(folder, 'group-codes'), buckets);
    this.said.update(JSON.stringify(columns));
  }

  /** Takes what a row says; nothing is said, too, where it may take back what was known. */
  add(file: CodedFile, id: string, codes: readonly Code[]): void {
    if (codes.length === 0 && !this.columns.keptForPeople) return;
    const line = `${id}\t${file}\t${codes.length === 1 ? codes[0]! : codes.join(' ')}`;
    this.waiting += line;
    if (this.waiting.length > hashedAtOnce) this.hash();
    this.spill.add(id, line);
  }

  /** A file was read to its end; what is said of one that was not is let go. */
  read(file: CodedFile, mode: 'bulk' | 'delta'): void {
    this.modes[file] = mode;
    this.waiting += `${file}\t${mode}`;
  }

  /** The same for the same rows in the same order. */
  digest(): string {
    this.hash();
    return this.said.copy().digest('base64url');
  }

  /** The files whose columns are known of everybody now. @param before those of the generation before. */
  known(before: readonly CodedFile[]): CodedFile[] {
    return codedFiles.filter(
      (file) =>
        columnsRead(this.columns, file).length > 0 &&
        (this.modes[file] === 'bulk' || (this.columns.keptForPeople && before.includes(file))),
    );
  }

  /** Gives the people of a bucket their codes. @param before their rows as they were, where codes are kept. */
  lay(bucket: number, people: ReadonlyMap<string, Person>, before: readonly string[]): void {
    const named = new Set<string>();
    const codes = new Map<string, Code[]>();
    for (const line of this.spill.lines(bucket)) {
      const [id, file, list] = line.split('\t') as [string, CodedFile, string];
      // Of an id that comes twice the first row counts, as everywhere.
      if (!this.modes[file] || named.has(`${file}\t${id}`)) continue;
      named.add(`${file}\t${id}`);
      if (list) codes.set(id, [...(codes.get(id) ?? []), ...list.split(' ')]);
    }
    for (const row of before) {
      const known = personOf(row);
      const stay = known.codes.filter((code) => {
        const file = fileOf(code, this.columns);
        return file && this.modes[file] !== 'bulk' && !named.has(`${file}\t${known.userId}`);
      });
      if (stay.length > 0) codes.set(known.userId, [...(codes.get(known.userId) ?? []), ...stay]);
    }
    for (const [id, ofPerson] of codes) {
      const person = people.get(id);
      if (person) person.codes = ofPerson.sort();
    }
  }

  close(): void {
    this.spill.close();
  }

  private hash(): void {
    this.said.update(this.waiting);
    this.waiting = '';
  }
}

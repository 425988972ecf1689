import { fileNames } from '../oneroster/columns.js';
import type { FileName } from '../oneroster/columns.js';

/** The files whose ids may be translated: every one with ids of its own. */
export const walkedFiles = fileNames.filter((file) => file !== 'demographics');
export type WalkedFile = (typeof walkedFiles)[number];

/** One line of a crosswalk as it is kept: what the system says now, and what it means here. */
export function walkLine(file: string, newId: string, oldId: string): string {
  return `${file}\t${newId}\t${oldId}`;
}

const tab = 9;
const lineBreak = 10;

/**
 * Which id of ours an id of the student information system means. A million of them lie in one block of bytes, with a
 * table of places beside it, because as strings they would take five times the memory.
 */
export class Crosswalk {
  private readonly bytes: Buffer;
  /** Where lines begin, plus one; 0: nothing there. Found by hash, the next free place after it. */
  private readonly places: Int32Array;
  private readonly asked = Buffer.allocUnsafe(2_048);

  /** @param lines each as `walkLine` makes it, with a line break at its end. */
  constructor(lines: Uint8Array) {
    this.bytes = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength);
    let count = 0;
    for (const byte of this.bytes) if (byte === lineBreak) count += 1;
    this.places = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(2, count * 2))));
    for (let at = 0; at < this.bytes.length; at = this.bytes.indexOf(lineBreak, at) + 1) {
      const end = this.bytes.indexOf(tab, this.bytes.indexOf(tab, at) + 1);
      this.places[this.place(this.bytes, at, end)] = at + 1;
    }
  }

  /** @returns undefined for an id that means itself. */
  find(file: FileName, newId: string): string | undefined {
    // No id that is taken is longer; a longer one is put aside as it stands.
    if (newId.length > 512) return undefined;
    const length = this.asked.write(`${file}\t${newId}`);
    const at = this.places[this.place(this.asked, 0, length)]! - 1;
    if (at < 0) return undefined;
    return this.bytes.toString('utf8', at + length + 1, this.bytes.indexOf(lineBreak, at));
  }

  /** Where a key lies, or would. */
  private place(of: Buffer, start: number, end: number): number {
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i += 1) hash = Math.imul(hash ^ of[i]!, 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    const last = this.places.length - 1;
    for (let place = (hash ^ (hash >>> 13)) & last; ; place = (place + 1) & last) {
      const at = this.places[place]! - 1;
      if (at < 0 || this.isAt(at, of, start, end)) return place;
    }
  }

  private isAt(at: number, of: Buffer, start: number, end: number): boolean {
    const behind = at + end - start;
    return this.bytes[behind] === tab && this.bytes.compare(of, start, end, at, behind) === 0;
  }
}

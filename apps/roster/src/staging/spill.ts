import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { bucketOf } from '../generations/bucket.js';

/** How much of a bucket waits in memory until it is written, in characters. */
const blockSize = 16 * 1024;

/**
 * Lines put aside on disk by bucket, to be taken up bucket by bucket: what lets a file of any length be checked for
 * duplicates and references in the memory of one bucket. One file on disk, written in blocks, each of one bucket.
 */
export class Spill {
  private readonly fd: number;
  private readonly waiting: string[][];
  private readonly sizes: number[];
  private readonly blocks: { at: number; length: number }[][];
  private end = 0;

  constructor(
    private readonly path: string,
    readonly buckets: number,
  ) {
    this.fd = openSync(path, 'wx+', 0o600);
    this.waiting = Array.from({ length: buckets }, () => []);
    this.sizes = new Array<number>(buckets).fill(0);
    this.blocks = Array.from({ length: buckets }, () => []);
  }

  /** Puts a line, which must hold no line break, where its id belongs. */
  add(id: string, line: string): void {
    this.put(bucketOf(id, this.buckets), line);
  }

  put(bucket: number, line: string): void {
    this.waiting[bucket]!.push(line);
    this.sizes[bucket]! += line.length + 1;
    if (this.sizes[bucket]! > blockSize) this.write(bucket);
  }

  /** The lines of a bucket, in the order in which they were put. */
  lines(bucket: number): string[] {
    if (this.blocks[bucket]!.length === 0) return [...this.waiting[bucket]!];
    this.write(bucket);
    const lines: string[] = [];
    for (const { at, length } of this.blocks[bucket]!) {
      const bytes = Buffer.allocUnsafe(length);
      if (readSync(this.fd, bytes, 0, length, at) !== length) throw new Error(`${this.path} was cut on disk`);
      for (const line of bytes.toString('utf8', 0, length - 1).split('\n')) lines.push(line);
    }
    return lines;
  }

  close(): void {
    closeSync(this.fd);
    unlinkSync(this.path);
  }

  private write(bucket: number): void {
    if (this.waiting[bucket]!.length === 0) return;
    const bytes = Buffer.from(`${this.waiting[bucket]!.join('\n')}\n`);
    if (writeSync(this.fd, bytes) !== bytes.length) throw new Error(`the disk under ${this.path} is full`);
    this.blocks[bucket]!.push({ at: this.end, length: bytes.length });
    this.end += bytes.length;
    this.waiting[bucket] = [];
    this.sizes[bucket] = 0;
  }
}

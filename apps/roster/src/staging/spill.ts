import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { bucketOf } from '../generations/bucket.js';

/** How much of a bucket waits in memory until it is written, in bytes. */
const blockSize = 8 * 1024;

/** The longest character in UTF-8, in bytes for each of JavaScript's. */
const widest = 3;

interface Block {
  at: number;
  length: number;
}

/**
 * Lines put aside on disk by bucket, to be taken up bucket by bucket: what lets a file of any length be checked for
 * duplicates and references in the memory of one bucket. One file on disk, written in blocks, each of one bucket.
 * What waits lies in plain bytes, which the garbage collector has no work with.
 */
export class Spill {
  private readonly fd: number;
  private readonly waiting: (Buffer | undefined)[];
  private readonly filled: Int32Array;
  private readonly blocks: Block[][];
  private end = 0;

  constructor(
    private readonly path: string,
    readonly buckets: number,
  ) {
    this.fd = openSync(path, 'wx+', 0o600);
    this.waiting = Array.from({ length: buckets }, () => undefined);
    this.filled = new Int32Array(buckets);
    this.blocks = Array.from({ length: buckets }, () => []);
  }

  /** Puts a line, which must hold no line break, where its id belongs. */
  add(id: string, line: string): void {
    this.put(bucketOf(id, this.buckets), line);
  }

  put(bucket: number, line: string): void {
    const most = line.length * widest + 1;
    if (this.filled[bucket]! + most > blockSize) this.write(bucket);
    if (most > blockSize) {
      this.append(bucket, Buffer.from(`${line}\n`));
      return;
    }
    const block = (this.waiting[bucket] ??= Buffer.allocUnsafeSlow(blockSize));
    let at = this.filled[bucket]!;
    at += block.write(line, at);
    block[at] = lineBreak;
    this.filled[bucket] = at + 1;
  }

  isEmpty(bucket: number): boolean {
    return this.filled[bucket] === 0 && this.blocks[bucket]!.length === 0;
  }

  /** The lines of a bucket, in the order in which they were put. */
  lines(bucket: number): string[] {
    const blocks = this.blocks[bucket]!;
    const waits = this.filled[bucket]!;
    const length = blocks.reduce((sum, block) => sum + block.length, waits);
    if (length === 0) return [];
    const bytes = Buffer.allocUnsafe(length);
    let at = 0;
    for (const block of blocks) {
      if (readSync(this.fd, bytes, at, block.length, block.at) !== block.length)
        throw new Error(`${this.path} was cut on disk`);
      at += block.length;
    }
    if (waits > 0) this.waiting[bucket]!.copy(bytes, at, 0, waits);
    return bytes.toString('utf8', 0, length - 1).split('\n');
  }

  close(): void {
    closeSync(this.fd);
    unlinkSync(this.path);
  }

  private write(bucket: number): void {
    const length = this.filled[bucket]!;
    if (length === 0) return;
    this.filled[bucket] = 0;
    this.append(bucket, this.waiting[bucket]!.subarray(0, length));
  }

  private append(bucket: number, bytes: Buffer): void {
    if (writeSync(this.fd, bytes) !== bytes.length) throw new Error(`the disk under ${this.path} is full`);
    const last = this.blocks[bucket]!.at(-1);
    if (last && last.at + last.length === this.end) last.length += bytes.length;
    else this.blocks[bucket]!.push({ at: this.end, length: bytes.length });
    this.end += bytes.length;
  }
}

const lineBreak = 10;

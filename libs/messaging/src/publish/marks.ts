import { Logger } from '@nestjs/common';
import type { Collection, Document } from 'mongodb';
import { crashPoint } from '../crash-point.js';

/** From the first mark that is to be moved until all are. No clock: a service at rest does not wake up for it. */
const afterMs = 500;

/** How far documents are published: moved in bulk, half a second after the first of them. Losing one only repeats events. */
export class Marks {
  private readonly logger = new Logger('publisher');
  private readonly waiting = new Map<string, { collection: Collection<Document>; _id: string; n: number }>();
  private timer: NodeJS.Timeout | undefined;
  private stopping = false;

  /** The document is published up to its n-th event. */
  move(key: string, collection: Collection<Document>, _id: string, n: number): void {
    const known = this.waiting.get(key)?.n ?? 0;
    this.waiting.set(key, { collection, _id, n: Math.max(known, n) });
    if (!this.stopping) this.timer ??= setTimeout(() => void this.flush(), afterMs);
  }

  has(key: string): boolean {
    return this.waiting.has(key);
  }

  /** Moves what waits, and from now on only what is flushed. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    await this.flush();
  }

  private async flush(): Promise<void> {
    this.timer = undefined;
    const byCollection = Map.groupBy(this.waiting.values(), (one) => one.collection);
    this.waiting.clear();
    for (const [collection, marks] of byCollection) {
      for (const [n, alike] of Map.groupBy(marks, (one) => one.n)) {
        crashPoint('before mark');
        try {
          await moveMarks(
            collection,
            alike.map(({ _id }) => _id),
            n,
          );
          crashPoint('after mark');
        } catch (error) {
          this.logger.warn({ msg: `marks not moved, events will repeat: ${(error as Error).message}` });
        }
      }
    }
  }
}

/**
 * Marks documents as published up to their n-th event: one command for all that are so far, because a mark each cost
 * the database more than the write that it belongs to. `pending` goes only where no later event came; there the mark
 * still moves.
 */
async function moveMarks(collection: Collection<Document>, ids: string[], n: number): Promise<void> {
  const marked = { _id: { $in: ids as never[] } };
  const unsafe = { writeConcern: { w: 1, journal: false } };
  const { matchedCount } = await collection.updateMany(
    { ...marked, count: n },
    { $set: { mark: n }, $unset: { pending: '' } },
    unsafe,
  );
  if (matchedCount < ids.length) await collection.updateMany(marked, { $max: { mark: n } }, unsafe);
}

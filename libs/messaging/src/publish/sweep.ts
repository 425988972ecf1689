import { Logger } from '@nestjs/common';
import { Timestamp } from 'mongodb';
import type { Collection, Db, Document } from 'mongodb';
import { crashPoint } from '../crash-point.js';
import type { Leases } from '#platform';
import type { Published } from '../store/document.js';
import type { EventPublisher } from './publisher.js';

const everyMs = 4_000;
const pageSize = 500;
/** The state of a document is larger than its events, and nobody asks for it here. */
const projection: Record<keyof Published | 'pendingSince', 1> = {
  _id: 1,
  district: 1,
  events: 1,
  count: 1,
  mark: 1,
  secret: 1,
  pendingSince: 1,
};

/**
 * Finds documents whose events were written but not seen published for two seconds of server time (the writer died or
 * stalled, Kafka was down, the queue was full) and hands them to the publisher.
 */
export class Sweep {
  private readonly logger = new Logger('sweep');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private readonly db: Db,
    private readonly collections: () => Collection<Document>[],
    private readonly publisher: EventPublisher,
    private readonly leases: Leases,
  ) {}

  start(): void {
    this.timer = setInterval(() => {
      this.running ??= this.sweepAll()
        .catch((error: unknown) =>
          this.logger.warn({ msg: `sweep failed, tried again in 4 s: ${(error as Error).message}` }),
        )
        .finally(() => (this.running = undefined));
    }, everyMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** One pass over all collections; a test calls it directly. */
  async sweepAll(): Promise<void> {
    const pending = await this.withPending();
    // Mostly there is none, and whose turn it is need not be asked.
    if (pending.length === 0 || !(await this.leases.hold('sweep', 3 * everyMs))) return;
    const { localTime } = (await this.db.command({ hello: 1 })) as { localTime: Date };
    const before = new Timestamp({ t: Math.floor(localTime.getTime() / 1000) - 2, i: 0 });
    for (const collection of pending) await this.sweep(collection, before);
  }

  private async withPending(): Promise<Collection<Document>[]> {
    const collections = this.collections();
    // All in one turn of the event loop: to wake up costs a service at rest more than to ask.
    const some = await Promise.all(
      collections.map((one) => one.findOne({ pending: true }, { hint: 'pending', projection: { _id: 1 } })),
    );
    return collections.filter((_, i) => some[i] !== null);
  }

  private async sweep(collection: Collection<Document>, before: Timestamp): Promise<void> {
    let after: Document | undefined;
    for (;;) {
      const page = await collection
        .find(
          {
            pending: true,
            pendingSince: { $lt: before },
            // Past what this pass took, though it is still pending until the mark moves.
            ...(after && {
              $or: [
                { pendingSince: { $gt: after['pendingSince'] as Timestamp } },
                { pendingSince: after['pendingSince'] as Timestamp, _id: { $gt: after['_id'] as never } },
              ],
            }),
          },
          { readConcern: 'majority', projection },
        )
        .sort({ pendingSince: 1, _id: 1 })
        .limit(pageSize)
        .toArray();
      if (page.length > 0) crashPoint('before sweep');
      for (const document of page) {
        if (!this.publisher.knows(collection, String(document._id))) {
          this.publisher.offer(collection, document as unknown as Published);
        }
      }
      if (page.length > 0) crashPoint('after sweep');
      after = page.at(-1);
      if (page.length < pageSize) return;
      while (this.publisher.waiting > 5_000) await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

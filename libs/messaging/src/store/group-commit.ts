import type { Collection, Document } from 'mongodb';
import { documentErrors, isDuplicateKey } from '#platform';
import { crashPoint } from '../crash-point.js';

interface Waiting {
  document: Document;
  resolve(result: 'created' | 'exists'): void;
  reject(error: unknown): void;
}

/** Two writes in flight fill the journal's pauses; more only queue in the server. */
const inFlightLimit = 2;
const groupLimit = 500;

/**
 * Creations that arrive together share one write: while two are in flight, the next ones gather. No timer.
 * Each document stays an atomic write with an error of its own; a lost connection fails the whole group, because
 * none of its results is known.
 */
export class GroupCommit {
  private waiting: Waiting[] = [];
  private inFlight = 0;

  constructor(private readonly collection: Collection<Document>) {}

  insert(document: Document): Promise<'created' | 'exists'> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ document, resolve, reject });
      this.next();
    });
  }

  private next(): void {
    if (this.inFlight >= inFlightLimit || this.waiting.length === 0) return;
    const group = this.waiting.splice(0, groupLimit);
    this.inFlight += 1;
    void this.write(group).finally(() => {
      this.inFlight -= 1;
      this.next();
    });
  }

  private async write(group: Waiting[]): Promise<void> {
    const failed = new Map<number, unknown>();
    try {
      const documents = group.map((one) => one.document);
      crashPoint('before command write');
      await this.collection.insertMany(documents, {
        ordered: false,
        writeConcern: { w: 'majority', journal: true },
      });
    } catch (error) {
      try {
        for (const one of documentErrors(error)) failed.set(one.index, one);
      } catch (unknown) {
        for (const one of group) one.reject(unknown);
        return;
      }
    }
    crashPoint('after command write');
    group.forEach((one, i) => {
      const error = failed.get(i);
      if (error === undefined) one.resolve('created');
      else if (isDuplicateKey(error)) one.resolve('exists');
      else one.reject(error);
    });
  }
}

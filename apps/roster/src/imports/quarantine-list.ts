import type { District } from '#platform';
import type { Reason } from '../oneroster/check-row.js';
import type { FileName } from '../oneroster/columns.js';
import type { Details, ImportDetails } from './details.store.js';

const rowsInPage = 500;
/** More rows than this are counted, and not listed: a file that is wrong in every row is wrong in one way. */
const mostListed = 100_000;

/** Writes the rows that an import puts aside as they come, in pages. */
export class QuarantineList {
  private readonly waiting: Details['quarantine'][] = [];
  private pages = 0;
  private count = 0;

  constructor(
    private readonly details: ImportDetails,
    private readonly district: District,
    private readonly importId: string,
  ) {}

  add(file: FileName, reason: Reason): void {
    if (this.count >= mostListed) return;
    this.count += 1;
    this.waiting.push({ file, ...reason });
  }

  /** Writes the pages that are full. */
  async flush(least = rowsInPage): Promise<void> {
    while (this.waiting.length >= least && this.waiting.length > 0) {
      const rows = this.waiting.splice(0, rowsInPage);
      await this.details.put(this.district, this.importId, 'quarantine', this.pages, rows);
      this.pages += 1;
    }
  }

  /** Writes the rest. @returns how many rows are listed. */
  async end(): Promise<number> {
    await this.flush(1);
    return this.count;
  }
}

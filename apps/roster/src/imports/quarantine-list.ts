import type { District } from '#platform';
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

  /** Takes rows, and writes the pages that are full. */
  async add(rows: readonly Details['quarantine'][]): Promise<void> {
    for (const row of rows.slice(0, mostListed - this.count)) {
      this.count += 1;
      this.waiting.push(row);
    }
    await this.flush(rowsInPage);
  }

  /** Writes the rest. @returns how many rows are listed. */
  async end(): Promise<number> {
    await this.flush(1);
    return this.count;
  }

  private async flush(least: number): Promise<void> {
    while (this.waiting.length >= least && this.waiting.length > 0) {
      const rows = this.waiting.splice(0, rowsInPage);
      await this.details.put(this.district, this.importId, 'quarantine', this.pages, rows);
      this.pages += 1;
    }
  }
}

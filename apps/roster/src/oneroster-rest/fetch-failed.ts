import type { FileName } from '../oneroster/columns.js';

/** The page that was being fetched; pages count from 1. */
export interface Where {
  file: FileName;
  page: number;
}

/**
 * The run ends and nothing of it may be imported: a roster that is short looks like people who left. `startAgain`: what
 * the spool holds no longer fits the service, so the next run needs an empty one; otherwise it goes on at this page.
 */
export class FetchFailed extends Error {
  override readonly name = 'FetchFailed';

  constructor(
    readonly where: Where,
    problem: string,
    readonly startAgain = false,
    options?: ErrorOptions,
  ) {
    super(
      `${where.file}, page ${where.page}: ${problem}${startAgain ? '; start again from the beginning' : ''}`,
      options,
    );
  }
}

import type { FileName } from '../oneroster/columns.js';

/**
 * How far an import is: `reading` a file, in rows, of which nobody knows how many there are; `settling` what a file
 * says against what was known; bringing together what is said of each of the `people`; `telling` the services. The last
 * three in parts, of which there are `all`.
 */
export interface Progress {
  step: 'reading' | 'settling' | 'people' | 'telling';
  file?: FileName;
  done: number;
  all?: number;
}

/** Called now and then, to say that the import is alive, and how far it is. */
export type Beat = (progress?: Progress) => Promise<void>;

import type { WalkedFile } from './crosswalk.js';

/** Ids, and the first twenty of them. */
export class IdsFound {
  count!: number;
  examples!: string[];
}

/** What a mapping would do to the ids of one file of the source's roster. */
export class FilePreview {
  file!: WalkedFile;
  /** Ids of the roster that get a new one. */
  mapped!: number;
  /** Ids of the roster that the mapping does not name: the new system must still call them so, or they are missing. */
  unmapped!: number;
  /** Old ids that the roster does not know. */
  unknownOld!: IdsFound;
  /** New ids that the roster already knows as something else: with one of them nothing can be applied. */
  alreadyThere!: IdsFound;
}

export class CrosswalkPreview {
  /** Whether it holds from now on. */
  applied!: boolean;
  files!: FilePreview[];
}

export class CrosswalkItem {
  /** How many ids are translated, by file. */
  rows!: Record<string, number>;
  by!: string;
  at!: string;
}

/** How long a run of the fault suite is: `npm test`, `npm run faults`, or days in the background. */
export type Length = 'quick' | 'faults' | 'soak';

/** What a scenario is given. */
export interface Round {
  length: Length;
  /** How many rounds, kills, sequences, or whatever the scenario counts. */
  count: number;
  /** Everything random follows from it; printed with every failure. */
  seed: number;
  /** One line of progress for who watches. */
  tell(line: string): void;
}

/** One row of the fault suite. */
export interface Scenario {
  /** Its name on the command line and in the results: `kill-service`. */
  name: string;
  /** What it does and what must hold, in one sentence. */
  promise: string;
  /** Its count at each length; 0 leaves it out. */
  counts: Record<Length, number>;
  /** How many of a soak are one round, with a district of its own; as many as in `faults` when not given. */
  round?: number;
  /**
   * Runs it. @returns figures worth keeping, for example `{ kills: 30, lost: 0, doubled: 0 }`.
   * @throws what was broken, with enough to find it again.
   */
  run(round: Round): Promise<Record<string, number | string>>;
}

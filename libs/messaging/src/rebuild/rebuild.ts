import type { Publisher } from '#contracts';
import type { District } from '#platform';

/**
 * Where a rebuild is, in the order of its way, and how it ended. `differs`: it went through, and documents remain (or,
 * when it was only to look, were found) that are not what the events say.
 */
export const rebuildStates = [
  'reading',
  'asking',
  'comparing',
  'recounting',
  'done',
  'differs',
  'failed',
  'cancelled',
] as const;
export type RebuildState = (typeof rebuildStates)[number];

/** What a document of the live view turned out to be, beside the copy that the events make. */
export const verdicts = [
  /** Byte for byte. */
  'same',
  /** The same events, other content. */
  'different',
  /** It lacks events that the copy has. */
  'behind',
  /** There is none, and the copy has one. */
  'missing',
  /** It has events that the copy could not get: gone from the topics, and their owner did not send them. */
  'ahead',
  /** No event tells of it. */
  'unknown',
] as const;
export type Verdict = (typeof verdicts)[number];

/**
 * Documents counted by verdict. `different`, `behind` and `missing` were put right (or would be); `unknown` ones stay
 * unless they were to be `removed`; `left`: one of their events was discarded while the rebuild ran, so they stay.
 */
export type Compared = Record<Verdict | 'removed' | 'left', number>;

/** How far an owner is with sending its events again. */
export interface Owner {
  documents: number;
  events: number;
  done: boolean;
}

export interface RebuildRequest {
  /** Ask the owners for everything, whatever the topics still hold. */
  fromOwners: boolean;
  /** Only look: write nothing. */
  check: boolean;
  /** Delete documents that no event tells of. */
  remove: boolean;
  by: string;
  why: string;
}

/** The record of one rebuild of a service's views, for one district. */
export interface Rebuild extends RebuildRequest {
  _id: string;
  /** Of the request's body, so that a repeat of its Idempotency-Key with another body is refused. */
  digest: string;
  district: District;
  state: RebuildState;
  /** There until it ends; a unique index lets one run at a time. */
  running?: true;
  /** The instance that works on it. */
  holder?: string;
  startedAt: Date;
  endedAt?: Date;
  /** Messages taken from the topics, and how many are left. */
  read: { messages: number; left: number };
  owners: Partial<Record<Publisher, Owner>>;
  compared: Compared;
  /** Events that the copy could not apply and keeps parked. */
  parked: number;
  /** The first of those that were not the same. */
  examples: { store: string; id: string; verdict: Verdict }[];
  reason?: string;
}

export const exampleLimit = 50;

export function nothingCompared(): Compared {
  return { same: 0, different: 0, behind: 0, missing: 0, ahead: 0, unknown: 0, removed: 0, left: 0 };
}

/** How a rebuild ends that went through. */
export function outcomeOf({ compared, check }: Pick<Rebuild, 'compared' | 'check'>): {
  state: 'done' | 'differs';
  reason?: string;
} {
  const { different, behind, missing, ahead, unknown } = compared;
  const wrong = check ? different + behind + missing : 0;
  if (wrong + ahead + unknown === 0) return { state: 'done' };
  const told = [
    ...(wrong > 0 ? [`${wrong} to be put right`] : []),
    ...(ahead > 0 ? [`${ahead} that know events which could not be had`] : []),
    ...(unknown > 0 ? [`${unknown} that no event tells of (remove: true deletes them)`] : []),
  ];
  return { state: 'differs', reason: `documents that are not as the events say: ${told.join(', ')}` };
}

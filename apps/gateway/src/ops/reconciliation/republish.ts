import { origins } from '../../upstreams.js';
import type { Page } from '#platform';
import type { Lagging } from './lagging.store.js';
import { insist } from './walk.js';
import type { Ask } from './walk.js';

export interface Repair {
  /** Inputs whose owners were asked to publish again. */
  asked: string[];
  /** Inputs that publishing again does not repair, or that nobody could publish again. */
  failed: string[];
}

/**
 * Has the owners of what differs publish it again: the same ids and numbers, so whoever has an event skips it. Events
 * that were lost, or that everybody has and disagrees about, do not come back this way.
 */
export async function republish(
  ask: Ask,
  differences: (cursor?: string) => Promise<Page<Lagging>>,
): Promise<Repair> {
  const repair: Repair = { asked: [], failed: [] };
  let cursor: string | undefined;
  do {
    const { items, next } = await differences(cursor);
    const missing = items.filter(({ stop: { what } }) => what === 'not-published' || what === 'not-taken');
    const sent = await sentAgain(
      ask,
      missing.map(({ inputId }) => inputId),
    );
    for (const { inputId } of items) (sent.has(inputId) ? repair.asked : repair.failed).push(inputId);
    cursor = next;
  } while (cursor !== undefined);
  return repair;
}

/** Everybody who writes about inputs is asked: the next thing that is missing may be another's. */
async function sentAgain(ask: Ask, inputIds: string[]): Promise<Set<string>> {
  if (inputIds.length === 0) return new Set();
  const answers = await Promise.all(
    [...origins, 'casework' as const].map((owner) =>
      insist<{ sent: string[] }>(ask, owner, 'ops/republish', { inputIds }),
    ),
  );
  return new Set(answers.flatMap(({ sent }) => sent));
}

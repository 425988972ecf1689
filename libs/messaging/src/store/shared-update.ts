import type { Document, Filter } from 'mongodb';
import type { AggregateDocument } from './document.js';

const sharing = { atLeast: 8, atMost: 100 };

/** What was read of a document, and what is to be written. */
export interface Change {
  before: AggregateDocument;
  after: AggregateDocument;
}

/** Whether a change tells nothing to anybody, and leaves the document's clock and key as they are. */
function isQuiet({ before, after }: Change): boolean {
  return (
    before.version > 0 &&
    before.state !== undefined &&
    after.count === before.count &&
    after.secret === before.secret &&
    after.wakeAt?.getTime() === before.wakeAt?.getTime()
  );
}

/**
 * Quiet changes of one version share commands, a hundred each; few are as well off alone.
 * @param mayShare false for a change whose command was shared before and did not go through for all.
 */
export function divided<C extends Change>(
  changes: readonly C[],
  mayShare: (change: C) => boolean,
): { alone: C[]; groups: C[][] } {
  const mayBeShared = (change: C): boolean => mayShare(change) && isQuiet(change);
  const alone = changes.filter((change) => !mayBeShared(change));
  const groups: C[][] = [];
  const quiet = changes.filter(mayBeShared);
  for (const alike of Map.groupBy(quiet, ({ before }) => before.version).values())
    for (let at = 0; at < alike.length; at += sharing.atMost) {
      const group = alike.slice(at, at + sharing.atMost);
      if (group.length >= sharing.atLeast) groups.push(group);
      else alone.push(...group);
    }
  return { alone, groups };
}

/**
 * One guarded write of quiet changes to different documents of one version: to plan an update costs MongoDB as much as to
 * do it, and this is planned once (docs/adr/0034). It tells how many documents it met, not which: one that someone else
 * was first at is left as it is.
 */
export function sharedUpdate(changes: readonly Change[]): {
  filter: Filter<Document>;
  update: Document[];
} {
  const { version } = changes[0]!.before;
  const ids = changes.map(({ before }) => before._id);
  const parts = changes.map(({ after: { state, index, seen } }) => {
    return { version: version + 1, state, index, seen };
  });
  // As literals, so that nothing that anybody wrote is taken for a field or an operator.
  const own = { $arrayElemAt: [{ $literal: parts }, { $indexOfArray: [{ $literal: ids }, '$_id'] }] };
  return {
    filter: { _id: { $in: ids as never[] }, version },
    update: [{ $replaceWith: { $mergeObjects: ['$$ROOT', own] } }],
  };
}

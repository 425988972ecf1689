import { publishers } from '#contracts';
import type { Publisher } from '#contracts';
import type { Aggregate } from '#messaging';
import { shareOf } from '../rollups/share.js';
import type { Fact } from './facts.js';
import { view } from './view.js';

/**
 * One loop in the ledger: the facts of each publisher in the order of its own sequence, and nothing derived. Whatever
 * order they came in, however often, the same facts make the same row; `view` says what they mean.
 */
export interface Row {
  /** By publisher (in the order of `publishers`), then by seq; each (publisher, seq) once. */
  facts: Fact[];
  /** Learned something since its roll-ups were last recounted; cleared by RowStore.clean, guarded by the version. */
  dirty: boolean;
}

/** Internal: one event was learned. Kept nowhere but in the row. */
export interface Learned {
  type: 'learned';
  fact: Fact;
}

export type RowEvent = Learned;

const rank = Object.fromEntries(publishers.map((publisher, i) => [publisher, i])) as Record<
  Publisher,
  number
>;

/**
 * Idempotent by (publisher, seq), and the same for every interleaving of the same facts. What an erased originator said
 * about themselves is not kept, whichever of the two comes first; the loop is counted on.
 */
export function evolveRow(row: Row | undefined, event: RowEvent): Row {
  const { facts, dirty } = row ?? { facts: [], dirty: false };
  const { fact } = event;
  if (fact.type === 'input.described' && facts.some(isErasure)) return row ?? { facts, dirty };
  // Facts come nearly in order, so the place is found from the end.
  let place = facts.length;
  while (place > 0 && comesBefore(fact, facts[place - 1]!)) place -= 1;
  const before = facts[place - 1];
  if (before && before.publisher === fact.publisher && before.seq === fact.seq)
    return row ?? { facts, dirty };
  const learned = facts.toSpliced(place, 0, fact);
  const kept = isErasure(fact) ? learned.filter(({ type }) => type !== 'input.described') : learned;
  return { facts: kept, dirty: true };
}

function isErasure({ type }: Fact): boolean {
  return type === 'input.erased';
}

function comesBefore(a: Fact, b: Fact): boolean {
  return a.publisher === b.publisher ? a.seq < b.seq : rank[a.publisher] < rank[b.publisher];
}

/**
 * `index` is what roll-ups and lists read: instants as epoch milliseconds, and the row's share of its roll-ups, worked
 * out once when the row is written instead of at every recount.
 */
export const rowAggregate: Aggregate<Row, RowEvent> = {
  name: 'rows',
  evolve: evolveRow,
  index(row) {
    const seen = view(row.facts);
    const share = shareOf(seen);
    return {
      ...(row.dirty && { dirty: true }),
      open: seen.open,
      state: seen.state,
      ...(seen.raised && { orgId: seen.raised.orgId, raisedAt: seen.raisedAt }),
      dues: seen.targets.map((target) => target.dueAt),
      ...(share && { share }),
    };
  },
};

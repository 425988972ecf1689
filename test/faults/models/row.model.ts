import fc from 'fast-check';
import { isSettled } from '#loop';
import type { Fact } from '../../../apps/reporting/src/ledger/facts.js';
import { hopsOf } from '../../../apps/reporting/src/ledger/hops.js';
import { rowAggregate } from '../../../apps/reporting/src/ledger/row.js';
import type { Row, RowEvent } from '../../../apps/reporting/src/ledger/row.js';
import { TwoSides, twoSidedSteps } from '../../../apps/reporting/src/ledger/two-sides.given.js';
import { view } from '../../../apps/reporting/src/ledger/view.js';
import { Kept, same } from './held.js';

const at = '2026-11-02T17:00:00.000Z';

/**
 * A ledger row that learns what both sides of a loop said, in whatever order it arrives: it says what the origin says,
 * keeps each fact once, counts no time below zero, and is a function of what it learned.
 */
export const row = fc.property(twoSidedSteps, fc.infiniteStream(fc.nat()), (steps, chance) => {
  const sides = new TwoSides();
  for (const [what, pick] of steps) sides.step(what, pick);
  sides.settle();
  const facts = sides.facts();
  const kept = new Kept<Row, RowEvent>(rowAggregate, 'input-1');
  for (const fact of shuffled(facts, chance)) kept.take([{ type: 'learned', fact }], at);
  const { document } = kept;
  const again = new Kept<Row, RowEvent>(rowAggregate, 'input-1');
  for (const fact of facts) again.take([{ type: 'learned', fact }], at);
  same(kept.state, again.state, 'row');
  same(document.index, again.document.index, 'index of the row');
  const seen = view(kept.state.facts);
  same(seen.state, sides.state, 'state');
  same(seen.open, !isSettled({ kind: 'concern', state: sides.state }), 'open');
  same(
    Object.values(seen.durations).filter((seconds) => seconds < 0),
    [],
    'negative durations',
  );
  const erased = facts.some(({ type }) => type === 'input.erased');
  const kinds = facts.filter(({ type }) => !(erased && type === 'input.described'));
  same(kept.state.facts.length, kinds.length, 'facts, each once');
  same(
    hopsOf(kept.state.facts).length,
    facts.filter(({ type }) => !['input.described', 'input.restricted'].includes(type)).length,
    'hops',
  );
});

/** Each once or twice, in any order. */
function shuffled(facts: Fact[], chance: fc.Stream<number>): Fact[] {
  const picks = chance.take(4 * facts.length)[Symbol.iterator]();
  const pick = (): number => picks.next().value ?? 0;
  const all = facts.flatMap((fact) => (pick() % 3 === 0 ? [fact, fact] : [fact]));
  for (let i = all.length - 1; i > 0; i -= 1) {
    const j = pick() % (i + 1);
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all;
}

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Publisher, Standing } from '#contracts';
import { shareOf } from '../rollups/share.js';
import type { Fact } from './facts.js';
import { hopsOf } from './hops.js';
import { day, log, minute, rowOf } from './loop-logs.js';
import type { Told } from './loop-logs.js';
import { rowAggregate } from './row.js';
import { view } from './view.js';

const answerNo = fc.integer({ min: 1, max: 3 });
/** Clocks that nobody can trust: a month in which anything may say that it happened. */
const at = fc.integer({ min: 0, max: 40_000 }).map(minute);
const due = fc.integer({ min: 0, max: 30 }).map(day);

const fromOrigin: fc.Arbitrary<Told> = fc.oneof(
  fc.record({ type: fc.constant('answer.delivered' as const), answerNo, at }),
  fc.record({ type: fc.constant('closure.confirmed' as const), answerNo, at }),
  fc.record({ type: fc.constant('closure.disputed' as const), answerNo, partly: fc.boolean(), at }),
  fc.record({ type: fc.constant('closure.unconfirmed' as const), answerNo, at }),
  fc.record({ type: fc.constant('input.withdrawn' as const), at }),
  fc.record({ type: fc.constant('input.message' as const), at }),
  fc.record({
    type: fc.constant('input.described' as const),
    standings: fc.subarray<Standing>(['most-impacted', 'historical-memory']),
    at,
  }),
  fc.record({ type: fc.constant('input.erased' as const), at }),
  fc.record({ type: fc.constant('report-back.owed' as const), answerNo, dueAt: due, at }),
);
const fromCasework: fc.Arbitrary<Told> = fc.oneof(
  fc.record({ type: fc.constant('case.routed' as const), acknowledgeBy: due, answerBy: due, at }),
  fc.record({ type: fc.constant('case.acknowledged' as const), at }),
  fc.record({
    type: fc.constant('case.answered' as const),
    answerNo,
    outcome: fc.constantFrom('done' as const, 'planned' as const),
    at,
  }),
  fc.record({ type: fc.constant('case.message' as const), waits: fc.boolean(), at }),
  fc.record({ type: fc.constant('case.resumed' as const), answerBy: due, at }),
  fc.record({ type: fc.constant('case.transferred' as const), answerBy: due, at }),
  fc.record({
    type: fc.constant('case.reopened' as const),
    cause: fc.constantFrom('team' as const, 'dispute' as const),
    answerBy: due,
    at,
  }),
);

/** Two logs of a loop, numbered; every fact once or twice, in any order whatever, even within a publisher. */
const logs = fc
  .tuple(
    fc.constantFrom<Publisher>('intake', 'student-voice', 'family-council'),
    fc.array(fromOrigin, { maxLength: 8 }),
    fc.array(fromCasework, { maxLength: 10 }),
  )
  .map(([origin, own, team]) => [
    ...log(origin, { type: 'input.raised' }, ...own),
    ...log('casework', ...team),
  ]);
const shuffled = (facts: Fact[]): fc.Arbitrary<Fact[]> =>
  fc
    .tuple(
      fc.shuffledSubarray(facts, { minLength: facts.length }),
      fc.array(fc.tuple(fc.nat(), fc.constantFrom(...facts)), { maxLength: facts.length }),
    )
    .map(([once, again]) => {
      const all = [...once];
      for (const [place, fact] of again) all.splice(place % (all.length + 1), 0, { ...fact });
      return all;
    });

describe('a ledger row', () => {
  it('is the same for any interleaving, duplication and replay of the same facts', () => {
    fc.assert(
      fc.property(
        logs.chain((facts) => fc.tuple(fc.constant(facts), shuffled(facts))),
        ([inOrder, anyhow]) => {
          const row = rowOf(...inOrder);
          const other = rowOf(...anyhow, ...inOrder.slice(0, 3));
          expect(other).toEqual(row);
          expect(view(other.facts)).toEqual(view(row.facts));
          expect(hopsOf(other.facts)).toEqual(hopsOf(row.facts));
          expect(rowAggregate.index?.(other)).toEqual(rowAggregate.index?.(row));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('never has a negative duration, and is in one state that is open or closed', () => {
    fc.assert(
      fc.property(logs, (facts) => {
        const seen = view(rowOf(...facts).facts);
        expect(Object.values(seen.durations).every((seconds) => seconds >= 0)).toBe(true);
        const share = shareOf(seen);
        expect(share?.open).toBe(seen.open);
        expect(share?.answer === undefined || share.state !== 'withdrawn').toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('is not touched by a fact that it knows, so that a replay makes nothing dirty', () => {
    const facts = log('intake', { type: 'input.raised' }, { type: 'input.message' });
    const clean = { ...rowOf(...facts), dirty: false };
    expect(facts.reduce((row, fact) => rowAggregate.evolve(row, { type: 'learned', fact }), clean)).toBe(
      clean,
    );
  });

  it('forgets what an erased originator said about themselves, and counts on', () => {
    const facts = log(
      'intake',
      { type: 'input.raised', role: 'student' },
      { type: 'input.described', standings: ['most-impacted'], groups: ['disability'] },
      { type: 'input.erased' },
    );
    for (const row of [rowOf(...facts), rowOf(...facts.toReversed()), rowOf(...facts, ...facts)]) {
      expect(JSON.stringify(row)).not.toMatch(/most-impacted|disability/);
      expect(shareOf(view(row.facts))).toMatchObject({ role: 'student', voices: 1 });
    }
  });

  it('keeps no words: only the fields that are listed', () => {
    const [fact] = log('intake', { type: 'input.message', messageNo: 1, sealed: 'secret', language: 'es' });
    expect(Object.keys(fact!).sort()).toEqual(['at', 'messageNo', 'publisher', 'seq', 'type']);
  });
});

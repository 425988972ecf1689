import { describe, expect, it } from '@jest/globals';
import { alive, decide, fail, finish, importAggregate, isSilent, staged } from './import.js';
import type { ApplyBy, Found, Import, ImportEvent } from './import.js';

const at = '2026-11-22T08:00:00.000Z';
const later = '2026-11-22T08:00:31.000Z';
const fold = (state: Import | undefined, events: ImportEvent[]): Import =>
  events.reduce<Import | undefined>((before, event) => importAggregate.evolve(before, event), state)!;
const receivedTo = (applyBy: ApplyBy): Import =>
  fold(undefined, [
    {
      type: 'import.received',
      importId: 'i',
      source: 'files',
      oneRoster: '1.2',
      digest: 'd',
      from: { folder: '/tmp/x' },
      applyBy,
      by: 'ivo',
      ignored: [],
      at,
    },
  ]);
const found: Found = {
  generationId: 'i',
  base: 'before',
  files: [],
  organisations: 1,
  people: 5,
  enrolments: 9,
  groups: { groups: [], languages: false },
  unclear: { count: 0, examples: [] },
  changes: {
    organisations: { added: 0, altered: 0, closed: 0 },
    people: { added: 0, changed: 0, gone: 0, disabled: 0 },
  },
  holds: [],
  listed: 0,
};
const hold = { rule: 'empty', file: 'users', message: 'users.csv is only a header' } as const;
const received = receivedTo('limits');
const applying = fold(received, staged(received, found, at));
const held = fold(received, staged(received, { ...found, holds: [hold] }, at));
const previewed = fold(receivedTo('hand'), staged(receivedTo('hand'), found, at));
const said = (verdict: 'apply' | 'discard') => ({ verdict, by: 'ivo', why: 'looked at it' });

describe('an import', () => {
  it('applies by itself within the limits, waits when something holds it, or when that was asked', () =>
    expect([applying, held, previewed].map(({ stage }) => stage)).toEqual(['applying', 'held', 'previewed']));
  it('that breaks off while it is read fails, with nothing applied', () =>
    expect(fold(received, fail(received, 'restarted', later))).toMatchObject({
      stage: 'failed',
      problem: 'restarted',
    }));
  it('that breaks off while it applies is finished, never failed', () =>
    expect(fail(applying, 'restarted', later)).toEqual([]));
  it('fails while it applies only when another import was faster', () =>
    expect(fail(applying, 'overtaken', later, true)).toMatchObject([{ type: 'import.failed' }]));
  it.each([held, previewed])('that waits is applied by a word, with who and why', (waiting) =>
    expect(fold(waiting, decide(waiting, said('apply'), 'before', later))).toMatchObject({
      stage: 'applying',
      decided: { by: 'ivo', why: 'looked at it', at: later },
    }),
  );
  it('that waits is not applied over a roster that has changed since; it can still be discarded', () => {
    expect(() => decide(held, said('apply'), 'another', later)).toThrow(/another import was applied since/);
    expect(fold(held, decide(held, said('discard'), 'another', later)).stage).toBe('discarded');
  });
  it('that does not wait takes no word', () =>
    expect(() => decide(applying, said('discard'), 'before', later)).toThrow(/applying/));
  it('is told once when it is done', () => {
    const events = finish(applying, later);
    expect(events).toMatchObject([{ type: 'roster.imported', organisations: 1, people: 5, enrolments: 9 }]);
    const applied = fold(applying, events);
    expect(applied.stage).toBe('applied');
    expect(finish(applied, later)).toEqual([]);
  });
  it('is taken for dead after thirty silent seconds', () => {
    expect(isSilent(received, later)).toBe(true);
    expect(isSilent(fold(received, alive(received, later)), later)).toBe(false);
  });
  it('gives few signs of life, so that its document is not written for nothing', () =>
    expect(alive(received, '2026-11-22T08:00:04.000Z')).toEqual([]));
  it('says how far it is while somebody works on it, and no longer', () => {
    const progress = { step: 'reading', file: 'users', done: 4_000 } as const;
    const reading = fold(received, alive(received, later, progress));
    expect(reading.progress).toEqual(progress);
    expect(fold(reading, staged(reading, found, later)).progress).toBeUndefined();
  });
  it('cannot be staged twice', () => expect(() => staged(applying, found, at)).toThrow(/applying/));
});

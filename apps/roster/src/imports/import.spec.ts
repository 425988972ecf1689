import { describe, expect, it } from '@jest/globals';
import { alive, fail, finish, importAggregate, isSilent, plan } from './import.js';
import type { Import, ImportEvent } from './import.js';

const at = '2026-11-22T08:00:00.000Z';
const later = '2026-11-22T08:00:31.000Z';
const fold = (state: Import | undefined, events: ImportEvent[]): Import =>
  events.reduce<Import | undefined>((before, event) => importAggregate.evolve(before, event), state)!;
const received = fold(undefined, [
  {
    type: 'import.received',
    importId: 'i',
    oneRoster: '1.2',
    digest: 'd',
    folder: '/tmp/x',
    by: 'ivo',
    ignored: [],
    at,
  },
]);
const planned = {
  organisations: [{ orgId: 's', name: 'S', level: 'school' as const }],
  close: ['old'],
  date: '2026-11-22',
};
const applying = fold(received, plan(received, { files: [], plan: planned, people: 5, enrolments: 9, at }));

describe('an import', () => {
  it('that breaks off while it is read fails, with nothing applied', () =>
    expect(fold(received, fail(received, 'restarted', later))).toMatchObject({
      stage: 'failed',
      problem: 'restarted',
    }));
  it('that breaks off while it applies is finished, never failed', () => {
    expect(fail(applying, 'restarted', later)).toEqual([]);
    expect(applying.plan).toEqual(planned);
  });
  it('is told once when it is done, and forgets its plan', () => {
    const events = finish(applying, later);
    expect(events).toMatchObject([{ type: 'roster.imported', organisations: 1, people: 5, enrolments: 9 }]);
    const applied = fold(applying, events);
    expect(applied).toMatchObject({ stage: 'applied', closed: 1 });
    expect(applied.plan).toBeUndefined();
    expect(finish(applied, later)).toEqual([]);
  });
  it('is taken for dead after thirty silent seconds', () => {
    expect(isSilent(received, later)).toBe(true);
    expect(isSilent(fold(received, alive(received, later)), later)).toBe(false);
  });
  it('gives few signs of life, so that its document is not written for nothing', () =>
    expect(alive(received, '2026-11-22T08:00:05.000Z')).toEqual([]));
  it('cannot be planned twice', () =>
    expect(() => plan(applying, { files: [], plan: planned, people: 0, enrolments: 0, at })).toThrow(
      /applying/,
    ));
});

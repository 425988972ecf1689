import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { day, log, minute, rowOf } from '../ledger/loop-logs.js';
import type { Told } from '../ledger/loop-logs.js';
import { view } from '../ledger/view.js';
import { bucketId, bucketsOf, sumUp } from './bucket.js';
import { dayAfter, daysIn, isDate } from './days.js';
import { shareOf } from './share.js';
import type { Share } from './share.js';
import { emptyRaised, mergeRaised, sorted } from './tally.js';

const losAngeles = daysIn('America/Los_Angeles');
const raised: Told = { type: 'input.raised' };
const answered: Told = { type: 'case.answered', answerNo: 1 };
const facts = (origin: Told[], casework: Told[] = []) =>
  rowOf(...log('intake', ...origin), ...log('casework', ...casework)).facts;
const share = (origin: Told[], casework: Told[] = []): Share | undefined =>
  shareOf(view(facts(origin, casework)));

describe('a day of the district', () => {
  it('begins at its own midnight, whatever the season', () => {
    expect(losAngeles.of(Date.parse('2026-11-03T07:59:59.999Z'))).toBe('2026-11-02');
    expect(losAngeles.of(Date.parse('2026-11-03T08:00:00.000Z'))).toBe('2026-11-03');
    const { from, to } = losAngeles.bounds('2026-11-01');
    expect((to - from) / 3_600_000).toBe(25);
  });

  it('is a date of the calendar', () => {
    expect(isDate('2026-02-28')).toBe(true);
    expect(['2026-02-30', '2026-2-3', 'today', '2026-13-01', ''].some(isDate)).toBe(false);
    expect(dayAfter('2026-02-28', 1)).toBe('2026-03-01');
  });
});

describe('the buckets of a row', () => {
  it('are the day raised and every day on which anything was ever due', () => {
    const resumed: Told = { type: 'case.resumed', answerBy: day(9) };
    expect(bucketsOf(facts([raised], [{ type: 'case.routed' }, resumed]), losAngeles).map(bucketId)).toEqual([
      'raised/2026-11-02/00417-012',
      'due/2026-11-03/00417-012',
      'due/2026-11-09/00417-012',
      'due/2026-11-11/00417-012',
    ]);
  });

  it('are none before the origin has spoken', () => {
    expect(bucketsOf(facts([], [{ type: 'case.routed' }]), losAngeles)).toEqual([]);
  });
});

describe('a roll-up', () => {
  it('is the same, byte for byte, in whatever order its rows are read', () => {
    const [routed, open] = [share([raised], [{ type: 'case.routed' }])!, share([raised])!];
    const bucket = { kind: 'raised', orgId: '00417-012', day: '2026-11-02' } as const;
    const text = (...shares: Share[]) => JSON.stringify(sumUp(bucket, shares, losAngeles));
    expect(text(open, routed)).toBe(text(routed, open));
  });
});

describe('what a row adds', () => {
  it('is nothing when it is restricted', () => {
    expect(share([raised, { type: 'input.restricted' }])).toBeUndefined();
  });

  it('counts a reply for each answer, and asks for settlement only of the newest', () => {
    const disputed: Told = { type: 'closure.disputed', answerNo: 1 };
    const confirmed: Told = { type: 'closure.confirmed', answerNo: 2 };
    expect(share([raised, disputed, confirmed], [answered, { ...answered, answerNo: 2 }])).toMatchObject({
      replies: { yes: 1, no: 1, partly: 0 },
      answer: { reached: true, replied: true, settled: true },
    });
  });

  it('asks nothing of praise', () => {
    const praise: Told = { type: 'input.raised', kind: 'praise' };
    const thanked: Told = { type: 'case.answered', answerNo: 1, outcome: 'thanked' };
    expect(share([praise, { type: 'closure.confirmed', answerNo: 1 }], [thanked])).toMatchObject({
      replies: { yes: 0, no: 0, partly: 0 },
      answer: { asked: false, settled: false, reached: true },
    });
  });

  it('is no settlement when a plan is accepted', () => {
    const planned: Told = { type: 'case.answered', answerNo: 1, outcome: 'planned' };
    expect(share([raised, { type: 'closure.confirmed', answerNo: 1 }], [planned])?.answer?.settled).toBe(
      false,
    );
  });

  it('owes no answer after a withdrawal', () => {
    expect(share([raised, { type: 'input.withdrawn' }], [answered])?.answer).toBeUndefined();
  });

  it('keeps a group by its numbers', () => {
    const replies = { yes: 12, no: 3, noReply: 5 };
    expect(share([raised, { type: 'closure.confirmed', answerNo: 1, replies }], [answered])?.people).toEqual(
      replies,
    );
  });
});

describe('a roll-up', () => {
  const shares = [
    share([raised], [{ type: 'case.routed' }, { type: 'case.acknowledged' }, answered])!,
    share(
      [{ type: 'input.raised', role: 'student', voices: 30 }, { type: 'answer.delivered' }],
      [{ type: 'case.routed' }, answered],
    )!,
    share([raised, { type: 'input.withdrawn' }], [{ type: 'case.routed' }])!,
  ];
  const bucket = { kind: 'raised', orgId: '00417-012', day: '2026-11-02' } as const;

  it('is the same whatever order its rows are read in', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(shares, { minLength: shares.length }), (anyhow) => {
        expect(sumUp(bucket, anyhow, losAngeles)).toEqual(sumUp(bucket, shares, losAngeles));
      }),
    );
  });

  it('adds up to the same as its rows, cell by cell', () => {
    const all = emptyRaised();
    for (const { raised: tally } of sumUp(bucket, shares, losAngeles).cells) mergeRaised(all, tally!);
    expect(sorted(all)).toMatchObject({
      raised: 3,
      open: 2,
      voices: 32,
      states: { answered: 1, delivered: 1, withdrawn: 1 },
    });
  });

  it('takes only those targets that fall due on its day', () => {
    const { cells } = sumUp({ kind: 'due', orgId: '00417-012', day: '2026-11-03' }, [shares[0]!], losAngeles);
    expect(cells[0]?.due).toEqual({ acknowledge: { met: [Date.parse(minute(24 * 60))], owed: [] } });
  });
});

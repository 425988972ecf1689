import { describe, expect, it } from '@jest/globals';
import { compare } from './compare.js';
import type { KnownInput, Walked } from './compare.js';

const now = '2026-11-22T09:00:00.000Z';
const before = (seconds: number): string => new Date(Date.parse(now) - seconds * 1_000).toISOString();
const input = (inputId: string, state = 'routed', seconds = 3_600): KnownInput => ({
  inputId,
  state,
  open: !['confirmed', 'unconfirmed', 'unsettled', 'withdrawn'].includes(state),
  acceptedAt: before(seconds),
});
const walked = (accepted: KnownInput[], rest: Partial<Walked> = {}): Walked => ({
  accepted,
  casework: accepted,
  reporting: accepted,
  parked: new Set(),
  ...rest,
});
const result = (all: Walked, lagging = new Map<string, string>()) => compare(all, now, lagging).result;

describe('the reconciliation', () => {
  it('holds when accepted = open + closed', () =>
    expect(result(walked([input('a'), input('b', 'confirmed')]))).toEqual({
      asOf: before(30),
      accepted: 2,
      open: 1,
      closed: 1,
      parked: 0,
      inFlight: 0,
      differences: [],
      holds: true,
    }));
  it('counts parked before open', () =>
    expect(result(walked([input('a')], { parked: new Set(['a']), casework: [] }))).toMatchObject({
      parked: 1,
      open: 0,
      holds: true,
    }));
  it('leaves out what came in the last thirty seconds', () =>
    expect(result(walked([input('a', 'raised', 10)], { casework: [], reporting: [] }))).toMatchObject({
      accepted: 0,
      holds: true,
    }));
  it('shows what is on its way apart', () =>
    expect(result(walked([input('a', 'raised', 60)], { casework: [] }))).toMatchObject({
      inFlight: 1,
      open: 0,
      holds: true,
    }));
  it('names what has been on its way for more than five minutes, and where it stopped', () =>
    expect(result(walked([input('a', 'raised', 301)], { reporting: [] }))).toMatchObject({
      inFlight: 0,
      differences: [{ inputId: 'a', where: 'reporting', stoppedAt: 'unknown' }],
      holds: false,
    }));
  it('takes a closure that has not arrived everywhere as on its way, and as a difference once it is seen so for five minutes', () => {
    const all = walked([input('a', 'confirmed')], { reporting: [input('a', 'delivered')] });
    const first = compare(all, now, new Map());
    expect(first.result).toMatchObject({ inFlight: 1, holds: true });
    expect([...first.lagging]).toEqual([['a', now]]);
    expect(result(all, new Map([['a', before(301)]]))).toMatchObject({
      differences: [{ where: 'reporting', stoppedAt: 'delivered' }],
    });
  });
  it('names an input that nobody accepted', () =>
    expect(result(walked([], { casework: [input('x', 'answered')] }))).toMatchObject({
      accepted: 0,
      differences: [{ inputId: 'x', where: 'origin', stoppedAt: 'answered' }],
      holds: false,
    }));
  it('adds up', () => {
    const all = [
      input('a'),
      input('b', 'withdrawn'),
      input('c'),
      input('d', 'raised', 90),
      input('e', 'raised', 900),
    ];
    const { accepted, open, closed, parked, inFlight, differences } = result(
      walked(all, { casework: all.filter(({ inputId }) => !'de'.includes(inputId)), parked: new Set(['c']) }),
    );
    expect(accepted).toBe(open + closed + parked + inFlight + differences.length);
  });
});

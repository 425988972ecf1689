import { describe as about, expect, it } from '@jest/globals';
import { addWorkingDays } from './index.js';

const moon = { timeZone: 'America/Los_Angeles', holidays: ['2026-11-26', '2026-11-27'] };
const due = (instant: string, days: number) => addWorkingDays(instant, days, moon);

about('working days', () => {
  it('end at five in the afternoon, where the team is', () =>
    expect(due('2026-11-18T18:00:00.000Z', 1)).toBe('2026-11-20T01:00:00.000Z'));
  it('do not count the day on which something came, at whatever hour', () => {
    expect(due('2026-11-18T08:00:01.000Z', 1)).toBe('2026-11-20T01:00:00.000Z');
    expect(due('2026-11-19T07:59:59.000Z', 1)).toBe('2026-11-20T01:00:00.000Z');
  });
  it('skip the weekend', () => expect(due('2026-11-20T18:00:00.000Z', 1)).toBe('2026-11-24T01:00:00.000Z'));
  it('what comes on a Saturday is due by Monday', () =>
    expect(due('2026-11-21T18:00:00.000Z', 1)).toBe('2026-11-24T01:00:00.000Z'));
  it('skip holidays', () => expect(due('2026-11-25T18:00:00.000Z', 1)).toBe('2026-12-01T01:00:00.000Z'));
  it('keep five o’clock across the end of summer time', () => {
    expect(due('2026-10-30T18:00:00.000Z', 0)).toBe('2026-10-31T00:00:00.000Z');
    expect(due('2026-10-30T18:00:00.000Z', 1)).toBe('2026-11-03T01:00:00.000Z');
  });
  it('keep five o’clock across the beginning of summer time', () => {
    expect(due('2027-03-12T18:00:00.000Z', 0)).toBe('2027-03-13T01:00:00.000Z');
    expect(due('2027-03-12T18:00:00.000Z', 1)).toBe('2027-03-16T00:00:00.000Z');
  });
  it('none: the end of today, or of the next working day when that is past', () => {
    expect(due('2026-11-18T18:00:00.000Z', 0)).toBe('2026-11-19T01:00:00.000Z');
    expect(due('2026-11-19T02:00:00.000Z', 0)).toBe('2026-11-20T01:00:00.000Z');
    expect(due('2026-11-26T18:00:00.000Z', 0)).toBe('2026-12-01T01:00:00.000Z');
  });
  it('ten are two weeks', () => expect(due('2026-11-02T18:00:00.000Z', 10)).toBe('2026-11-17T01:00:00.000Z'));
  it('are whole and not negative', () => {
    expect(() => due('2026-11-18T18:00:00.000Z', -1)).toThrow(RangeError);
    expect(() => due('2026-11-18T18:00:00.000Z', 1.5)).toThrow(RangeError);
  });
});

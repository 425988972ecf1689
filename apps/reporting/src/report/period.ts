import { invalid } from '#platform';
import { dayAfter, isDate } from '../rollups/days.js';
import type { DistrictDays } from '../rollups/days.js';

/** A half-open range of dates in the district's time zone: `to` is the first day that no longer counts. */
export interface Period {
  from: string;
  to: string;
}

const usualDays = 90;
/** Nothing that a report can know of lies outside of it; keeps a mistyped year from being read as an empty report. */
const earliest = '2000-01-01';
const latest = '2100-01-01';

/**
 * The period asked for; without dates the last 90 days, today included.
 * @throws Problem 422 naming the field when a date is none, lies outside 2000 to 2099, or `from` is not before `to`.
 */
export function periodOf(asked: { from?: string; to?: string }, days: DistrictDays, now: number): Period {
  for (const field of ['from', 'to'] as const) {
    const date = asked[field];
    if (date === undefined) continue;
    if (!isDate(date)) throw invalid(field, 'date', `${field} must be a date such as 2026-11-22.`);
    if (date < earliest || date > latest) {
      throw invalid(field, 'in-range', `${field} must lie between ${earliest} and ${latest}.`);
    }
  }
  const to = asked.to ?? dayAfter(days.of(now), 1);
  const from = asked.from ?? dayAfter(to, -usualDays);
  if (from >= to)
    throw invalid(asked.from === undefined ? 'to' : 'from', 'before-to', 'from must be before to.');
  return { from, to };
}

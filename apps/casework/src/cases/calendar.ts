import { Temporal } from 'temporal-polyfill';
import type { WorkingCalendar } from '#loop';
import { districtFacts } from '#platform';
import type { District } from '#platform';

/** The days on which the teams of a district work. Its holidays come with the district's own calendar. */
export function calendarOf(district: District): WorkingCalendar {
  return { timeZone: districtFacts(district).timeZone, holidays: [] };
}

/** The date of an instant in the district's time zone, for example `2026-11-22`. */
export function dateIn(district: District, instant: string): string {
  const { timeZone } = districtFacts(district);
  // en-CA writes year, month and day in that order.
  return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(new Date(instant));
}

/** When the day that lies `days` after the one of `instant` begins in the district, in UTC. */
export function startOfDay(district: District, instant: string, days: number): string {
  const { timeZone } = districtFacts(district);
  const day = Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).startOfDay().add({ days });
  return day.toInstant().toString({ fractionalSecondDigits: 3 });
}

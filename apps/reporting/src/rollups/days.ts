import { Temporal } from 'temporal-polyfill';

/** Dates as a district has them: a day begins at its own midnight, in its own time zone. */
export interface DistrictDays {
  /** The date (`2026-11-22`) on which an instant (epoch ms) falls. */
  of(instant: number): string;
  /** The instants (epoch ms) at which a date begins, and at which the next one does. */
  bounds(day: string): { from: number; to: number };
}

const known = new Map<string, DistrictDays>();

/** @param timeZone an IANA name; RangeError for another. */
export function daysIn(timeZone: string): DistrictDays {
  const cached = known.get(timeZone);
  if (cached) return cached;
  // Canada writes dates as ISO does; Intl is some fifty times faster than Temporal here, and this runs for every row.
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const start = (date: Temporal.PlainDate): number => date.toZonedDateTime({ timeZone }).epochMilliseconds;
  const days: DistrictDays = {
    of: (instant) => format.format(instant),
    bounds(day) {
      const date = Temporal.PlainDate.from(day);
      return { from: start(date), to: start(date.add({ days: 1 })) };
    },
  };
  known.set(timeZone, days);
  return days;
}

/** The date so many days later (earlier when negative). */
export function dayAfter(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** Whether it is a date of the calendar: `2026-02-30` is none. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString() === text;
  } catch {
    return false;
  }
}

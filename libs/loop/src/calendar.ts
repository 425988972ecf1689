import { Temporal } from 'temporal-polyfill';

/** The days on which a team works: Monday to Friday in its time zone, but for holidays. */
export interface WorkingCalendar {
  /** IANA name, for example `America/Los_Angeles`. */
  timeZone: string;
  /** Dates (`2026-11-26`) in that time zone on which nobody works. */
  holidays: readonly string[];
}

/** A working day ends at five in the afternoon, local time: a target of a day is kept until then. */
export const endOfDay = Temporal.PlainTime.from('17:00');

/**
 * The end (17:00 local) of the working day that lies `days` working days after `instant`, as an instant in UTC.
 * The day on which something came is not counted, at whatever hour. With 0 days: the end of that same day, or of the
 * next working day when that is past or nobody works on it. RangeError for a negative or broken number of days.
 */
export function addWorkingDays(instant: string, days: number, calendar: WorkingCalendar): string {
  if (!Number.isInteger(days) || days < 0) throw new RangeError(`not a number of working days: ${days}`);
  const start = Temporal.Instant.from(instant).toZonedDateTimeISO(calendar.timeZone);
  const past = Temporal.PlainTime.compare(start.toPlainTime(), endOfDay) > 0;
  return endAfter(start.toPlainDate(), days, past, calendar);
}

/** Ends that were worked out before: inputs of a day share them, and each costs 40 µs. */
const ends = new Map<string, string>();
const rememberedEnds = 2_000;

function endAfter(day: Temporal.PlainDate, days: number, past: boolean, calendar: WorkingCalendar): string {
  const { timeZone, holidays } = calendar;
  const name = [day.toString(), days, past, timeZone, ...holidays].join(' ');
  const known = ends.get(name);
  if (known) return known;
  const free = new Set(holidays);
  let date = day;
  let left = days;
  if (days === 0 && (past || !isWorkingDay(date, free))) left = 1;
  while (left > 0) {
    date = date.add({ days: 1 });
    if (isWorkingDay(date, free)) left -= 1;
  }
  const end = date.toZonedDateTime({ timeZone, plainTime: endOfDay });
  const instant = end.toInstant().toString({ fractionalSecondDigits: 3 });
  if (ends.size >= rememberedEnds) ends.clear();
  ends.set(name, instant);
  return instant;
}

function isWorkingDay(date: Temporal.PlainDate, holidays: ReadonlySet<string>): boolean {
  return date.dayOfWeek <= 5 && !holidays.has(date.toString());
}

/** Today in a time zone, as `2026-11-22`. */
export function dateIn(timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(new Date());
}

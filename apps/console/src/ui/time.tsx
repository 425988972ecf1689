/** Dates and durations as people say them. Instants are the API's: RFC 3339 in UTC, shown in the reader's own time zone. */
const day = new Intl.DateTimeFormat('en-US', {
  weekday: 'short',
  month: 'short',
  day: 'numeric',
  year: 'numeric',
});
const moment = new Intl.DateTimeFormat('en-US', {
  month: 'short',
  day: 'numeric',
  year: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
});

export function When({ at, dateOnly = false }: { at: string | undefined; dateOnly?: boolean }) {
  const date = at ? parse(at) : undefined;
  if (!date || !at) return <>not set</>;
  return <time dateTime={at}>{(dateOnly ? day : moment).format(date)}</time>;
}

/** A plain date has no time zone: it is read as that day here. */
function parse(at: string): Date | undefined {
  const date = new Date(/^\d{4}-\d{2}-\d{2}$/.test(at) ? `${at}T12:00:00` : at);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** "2 days", "3.5 hours", "40 seconds": one unit, at most one decimal. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return '–';
  if (seconds > 0 && seconds < 1) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  const units: [number, string][] = [
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
    [1, 'second'],
  ];
  const [size, name] = units.find(([size]) => Math.abs(seconds) >= size) ?? [1, 'second'];
  const amount = seconds / size;
  const rounded = size > 60 && Math.abs(amount) < 10 ? Math.round(amount * 10) / 10 : Math.round(amount);
  return `${rounded.toLocaleString('en-US')} ${name}${rounded === 1 ? '' : 's'}`;
}

/** "in 2 days" or "3 days late", as of now. */
export function dueIn(at: string, now: number): string {
  const left = (new Date(at).getTime() - now) / 1000;
  return left >= 0 ? `in ${duration(left)}` : `${duration(-left)} late`;
}

/** "1 theme", "3 themes". */
export const countOf = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;

/** `YYYY-MM-DD` of a date in the reader's own time zone. */
export function isoDay(date: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

const languageNames = new Intl.DisplayNames(['en'], { type: 'language' });
export function languageName(code: string | undefined): string {
  if (!code) return '';
  try {
    return languageNames.of(code) ?? code;
  } catch {
    return code;
  }
}

/** Milliseconds from one instant to another; negative when it lies before. */
export function millis(from: string, to: string): number {
  return Date.parse(to) - Date.parse(from);
}

export function later(instant: string, ms: number): string {
  return new Date(Date.parse(instant) + ms).toISOString();
}

/** When four fifths of the time between two instants are gone: the target is at risk. */
export function fourFifths(from: string, to: string): string {
  return later(from, Math.floor(Math.max(0, millis(from, to)) * 0.8));
}

/** Whether something is in force on a day; both ends count, an empty one is open. Days as `2026-08-10`. */
export function inForce(day: string, begin: string, end: string): boolean {
  return (begin === '' || begin <= day) && (end === '' || end >= day);
}

/** Tells what is in force on a day, and remembers until when that stays so. */
export class InForce {
  /** Through this day nothing ends. */
  endsFirst = '9999-12-31';
  /** Before this day nothing begins. */
  beginsFirst = '9999-12-31';

  constructor(private readonly day: string) {}

  has(begin: string, end: string): boolean {
    if (begin > this.day && begin < this.beginsFirst) this.beginsFirst = begin;
    if (end >= this.day && end < this.endsFirst) this.endsFirst = end;
    return inForce(this.day, begin, end);
  }
}

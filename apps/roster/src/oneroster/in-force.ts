/** Whether something is in force on a day; both ends count, an empty one is open. Days as `2026-08-10`. */
export function inForce(day: string, begin: string, end: string): boolean {
  return (begin === '' || begin <= day) && (end === '' || end >= day);
}

import { Problem } from '#platform';
import type { Reason } from './check-row.js';

/** How many broken rows are named at once. */
const mostNamed = 100;

/** 422 that names each row of a file that breaks a rule. @param effect what that means for the rest of the file. */
export function brokenRows(broken: readonly Reason[], effect: string): Problem {
  const errors = broken.slice(0, mostNamed).map(({ line, column, rule, value, message }) => ({
    field: column ? `line ${line}: ${column}` : `line ${line}`,
    rule,
    message: value ? `${message} (it says ${value})` : message,
  }));
  const rest = broken.length > errors.length ? `, of which the first ${errors.length} are named` : '';
  const detail = `${broken.length} rows break a rule${rest}. ${effect}`;
  return new Problem(422, undefined, { detail, errors });
}

import type { Column, FileName } from './columns.js';

/** One row by the names of the table's columns; a column that the file does not have is an empty string. */
export type Row = Record<string, string>;

/** Why a row was put aside. `value` is cut to 80 characters. */
export interface Reason {
  line: number;
  column: string;
  value: string;
  rule:
    'required' | 'vocabulary' | 'date' | 'reference' | 'unique' | 'length' | 'columns' | 'quotes' | 'cycle';
  message: string;
}

/** Whether a row with this id was accepted in a file; undefined when that file was not read, so nobody can tell. */
export type Knows = (file: FileName, sourcedId: string) => boolean | undefined;

/**
 * Holds one row against its file's rules, the first broken one wins. A value whose case slips (`TRUE`, `Student`) is
 * put right in place and its column reported to `slipped`.
 */
export function checkRow(
  row: Row,
  line: number,
  columns: Record<string, Column>,
  knows: Knows,
  slipped: (column: string) => void,
): Reason | undefined {
  for (const [name, column] of Object.entries(columns)) {
    const value = row[name] ?? '';
    const broken = (rule: Reason['rule'], message: string, what = value): Reason => ({
      line,
      column: name,
      value: what.slice(0, 80),
      rule,
      message,
    });
    if (value === '') {
      if (column.required) return broken('required', `${name} is empty`);
      continue;
    }
    if (column.max && value.length > column.max)
      return broken('length', `${name} is longer than ${column.max} characters`);
    if (column.date && !isDate(value)) return broken('date', `${name} must be a date such as 2026-08-10`);
    if (column.oneOf && !column.oneOf.includes(value)) {
      const meant = column.oneOf.find((word) => word.toLowerCase() === value.toLowerCase());
      if (!meant) return broken('vocabulary', `${name} must be one of: ${column.oneOf.join(', ')}`);
      row[name] = meant;
      slipped(name);
    }
    if (column.refersTo) {
      const unknown = listed(value, column).find((id) => knows(column.refersTo!, id) === false);
      if (unknown !== undefined) {
        return broken(
          'reference',
          `${name} names ${unknown.slice(0, 80)}, which ${column.refersTo}.csv does not have`,
          unknown,
        );
      }
    }
  }
  return undefined;
}

/** The ids of a cell: one, or several separated by commas. */
export function listed(value: string, { list }: Pick<Column, 'list'> = { list: true }): string[] {
  if (value === '') return [];
  return list
    ? value
        .split(',')
        .map((id) => id.trim())
        .filter(Boolean)
    : [value];
}

function isDate(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

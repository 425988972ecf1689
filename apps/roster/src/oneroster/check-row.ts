import type { Column, FileName } from './columns.js';

/** One row by the names of the table's columns; a column that the file does not have is an empty string. */
export type Row = Record<string, string>;

/** Why a row was put aside. `value` is cut to 80 characters. */
export interface Reason {
  line: number;
  column: string;
  value: string;
  rule:
    | 'required'
    | 'vocabulary'
    | 'date'
    | 'number'
    | 'reference'
    | 'unique'
    | 'length'
    | 'characters'
    | 'columns'
    | 'quotes'
    | 'cycle';
  message: string;
}

/** Whether a row with this id was accepted in a file; undefined when that file was not read, so nobody can tell. */
export type Knows = (file: FileName, sourcedId: string) => boolean | undefined;

/**
 * Makes the check of a file's rows; the first broken rule of a row wins. A value whose case slips (`TRUE`, `Student`)
 * is put right in place and its column reported to `slipped`; line breaks in a kept text become spaces.
 */
export function rowCheck(
  columns: Record<string, Column>,
  knows: Knows,
  slipped: (column: string) => void,
): (row: Row, line: number) => Reason | undefined {
  const all = Object.entries(columns).map(([name, column]) => ({
    name,
    column,
    known: new Set(column.oneOf),
    // Ids and what is kept lie between tabs.
    isPlain: name === 'sourcedId' || column.refersTo !== undefined || column.keep !== undefined,
  }));
  return (row, line) => {
    for (const { name, column, known, isPlain } of all) {
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
      if (isPlain && control.test(value)) {
        if (!column.text)
          return broken('characters', `${name} holds a tab, a line break or another control character`);
        row[name] = value.replace(/[\s\p{Cc}]+/gu, ' ').trim();
      }
      if (column.date && !isDate(value)) return broken('date', `${name} must be a date such as 2026-08-10`);
      if (column.oneOf && !known.has(value)) {
        const meant = column.oneOf.find((word) => word.toLowerCase() === value.toLowerCase());
        const added = extension.test(value) ? column.extensions : undefined;
        if (meant) {
          row[name] = meant;
          slipped(name);
        } else if (added !== 'taken') {
          const message = `${name} must be one of: ${column.oneOf.join(', ')}`;
          return broken('vocabulary', added ? `Hearback does not know this extension; ${message}` : message);
        }
      }
      if (column.refersTo) {
        const unknown = namedIn(value, column).find((id) => knows(column.refersTo!, id) === false);
        if (unknown !== undefined) {
          const message = `${name} names ${unknown.slice(0, 80)}, which ${column.refersTo}.csv does not have`;
          return broken('reference', message, unknown);
        }
      }
    }
    return undefined;
  };
}

// oxlint-disable-next-line no-control-regex -- these are what is looked for
const control = /[\u0000-\u001f\u007f]/;

/** A word of a district's own, as OneRoster 1.2 writes it. */
const extension = /^ext:[\w.-]+$/;

/** The ids of a cell that refers to another file. */
export function namedIn(value: string, { list }: Pick<Column, 'list'>): string[] {
  return list ? listed(value) : value === '' ? [] : [value];
}

/** The items of a cell, separated by commas. */
export function listed(value: string): string[] {
  if (value === '') return [];
  if (!value.includes(',')) return [value];
  return value
    .split(',')
    .map((id) => id.trim())
    .filter(Boolean);
}

/** Files hold few dates, each many times. */
const dates = new Map<string, boolean>();

function isDate(value: string): boolean {
  const known = dates.get(value);
  if (known !== undefined) return known;
  if (dates.size > 10_000) dates.clear();
  const date = /^\d{4}-\d{2}-\d{2}$/.test(value) ? new Date(`${value}T00:00:00Z`) : undefined;
  const is = date !== undefined && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
  dates.set(value, is);
  return is;
}

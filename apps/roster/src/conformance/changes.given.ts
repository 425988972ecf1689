import { csvOf } from './base-package.given.js';
import type { Cells, Content, Table } from './base-package.given.js';

/** Changes a file; `good` is the file of the good package, for rows that a delta says once more. */
export type Change = (file: Table, good: Table) => Content;

/** Says other cells of a row, by the value of the first column. */
export function set(id: string, cells: Cells): Change {
  return ({ header, rows }) => {
    if (!rows.some((row) => row[header[0]!] === id)) throw new Error(`the good file has no ${id}`);
    return { header, rows: rows.map((row) => (row[header[0]!] === id ? { ...row, ...cells } : row)) };
  };
}

export function without(...ids: string[]): Change {
  return ({ header, rows }) => ({ header, rows: rows.filter((row) => !ids.includes(row[header[0]!]!)) });
}

/** A row at the end, with the cells of a good row that are not said. */
export function plus(like: string, cells: Cells = {}): Change {
  return ({ header, rows }, good) => {
    const model = good.rows.find((row) => row[header[0]!] === like);
    if (!model) throw new Error(`the good file has no ${like}`);
    return { header, rows: [...rows, { ...model, ...cells }] };
  };
}

/** The row of a good file once more, to be deleted: how a delta says it. */
export function deleted(id: string): Change {
  return plus(id, { status: 'tobedeleted' });
}

export function withoutColumn(name: string): Change {
  return ({ header, rows }) => ({ header: header.filter((one) => one !== name), rows });
}

export const headerOnly: Change = ({ header }) => ({ header, rows: [] });

/** Changes what the file says as text. */
export function text(change: (csv: string) => string | Buffer): Change {
  return (file) => change(csvOf(file));
}

/** Replaces text that must be there. */
export function swap(from: string, to: string): Change {
  return text((csv) => {
    if (!csv.includes(from)) throw new Error(`the good file does not say ${from}`);
    return csv.replace(from, to);
  });
}

/** One change after another; only the last may make text of the file. */
export function all(...changes: Change[]): Change {
  return (file, good) => {
    let now: Content = file;
    for (const change of changes) {
      if (typeof now === 'string' || Buffer.isBuffer(now)) throw new Error('this file is text already');
      now = change(now, good);
    }
    return now;
  };
}

export function each(ids: readonly string[], change: (id: string) => Change): Change {
  return all(...ids.map(change));
}

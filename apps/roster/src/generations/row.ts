/**
 * A row as it is kept: its id, a tab, and the rest. The rest is the values of the file's kept columns between tabs,
 * or for what was worked out (organisations, people, counts) JSON. No value holds a tab or a line break.
 */
export function idOf(row: string): string {
  const end = row.indexOf('\t');
  return end < 0 ? row : row.slice(0, end);
}

export function valuesOf(row: string): string[] {
  return row.split('\t');
}

/** @throws SyntaxError for a row that is not an id and JSON. */
export function contentOf<T>(row: string): T {
  return JSON.parse(row.slice(row.indexOf('\t') + 1)) as T;
}

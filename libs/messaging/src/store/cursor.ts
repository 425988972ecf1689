import { Problem } from '#platform';
import type { AggregateDocument } from './document.js';

/** Sort values and id of the last document, so that pages do not shift when others are added before. */
export function cursorOf(sort: Record<string, 1 | -1>, last: AggregateDocument): string {
  const values = Object.keys(sort).map((name) => last.index[name] ?? null);
  return Buffer.from(JSON.stringify([...values, last._id])).toString('base64url');
}

/** What lies after it. @throws Problem 422 for anything but the `next` of an earlier page. */
export function afterCursor(sort: Record<string, 1 | -1>, cursor: string): Record<string, unknown> {
  const fields: [string, 1 | -1][] = [
    ...Object.entries(sort).map(([name, way]) => [`index.${name}`, way] as [string, 1 | -1]),
    ['_id', 1],
  ];
  const values = cursorValues(cursor, fields.length);
  return {
    $or: fields.map(([field, way], i) => ({
      ...Object.fromEntries(fields.slice(0, i).map(([same], j) => [same, values[j]])),
      [field]: { [way === 1 ? '$gt' : '$lt']: values[i] },
    })),
  };
}

function cursorValues(cursor: string, length: number): unknown[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const plain =
      Array.isArray(values) && values.every((value) => value === null || typeof value !== 'object');
    // The last is the id, without which there is no place to go on from.
    if (plain && values.length === length && typeof values.at(-1) === 'string') return values as unknown[];
  } catch {
    // told below
  }
  throw new Problem(422, undefined, {
    detail: 'cursor must be the next of an earlier page.',
    errors: [{ field: 'cursor', rule: 'cursor', message: 'cursor must be the next of an earlier page.' }],
  });
}

import { invalid } from '#platform';
import type { Page } from '#platform';

/** A named part of a document, one line of a list that goes through several documents. */
export interface Part {
  /** The document's id. */
  of: string;
  /** Unique within the document. */
  name: string;
}

/** Where a page of parts goes on: behind this one. `~` stands in no id of ours. */
export function partAfter(cursor: string | undefined): Part {
  if (cursor === undefined) return { of: '', name: '' };
  const [of, ...name] = Buffer.from(cursor, 'base64url').toString().split('~');
  if (!of || name.length === 0)
    throw invalid('cursor', 'cursor', 'cursor must be the next of an earlier page.');
  return { of, name: name.join('~') };
}

/** Names a part in an address. */
export function partId({ of, name }: Part): string {
  return Buffer.from(`${of}~${name}`).toString('base64url');
}

/** The part that an address names; undefined for what is none. */
export function partNamed(id: string): Part | undefined {
  const [of, ...name] = Buffer.from(id, 'base64url').toString().split('~');
  return of && name.length > 0 ? { of, name: name.join('~') } : undefined;
}

/**
 * How many documents to read for a page of so many parts: each has at least one, but for the first, all of which may
 * have been in the page before; and one more tells whether there is a next page.
 */
export function documentsFor(limit: number): number {
  return limit + 2;
}

/**
 * A page of the parts of documents in the order of ids, of each its parts by name. `parts` begin with those of the
 * document in which the page before ended.
 */
export function pageOfParts<P extends Part>(parts: P[], after: Part, limit: number): Page<P> {
  const behind = parts.toSorted((a, b) => order(a, b)).filter((part) => order(part, after) > 0);
  const items = behind.slice(0, limit);
  return { items, ...(behind.length > limit && { next: partId(items.at(-1)!) }) };
}

function order(a: Part, b: Part): number {
  const [first, second] = a.of === b.of ? [a.name, b.name] : [a.of, b.of];
  return first === second ? 0 : Buffer.compare(Buffer.from(first), Buffer.from(second));
}

import { Timestamp } from 'mongodb';
import type { AnyBulkWriteOperation, Document, Filter, UpdateFilter } from 'mongodb';
import { eventClass } from '#contracts';
import type { District } from '#platform';
import { validateEvent } from '../publish/validate.js';
import type { Aggregate } from './aggregate.js';

/** An event as its document keeps it, published or not. `n` counts within the document, `seq` within its key. */
export interface StoredEvent {
  n: number;
  type: string;
  key: string;
  seq: number;
  time: string;
  /** The W3C traceparent of the command or event that caused it. */
  trace?: string;
  data: Record<string, unknown>;
}

/** An event that no document keeps: its owner numbers it. */
export type NumberedEvent = Omit<StoredEvent, 'n'>;

/**
 * An aggregate's document: state, what it has seen of others, and its own events, changed in one write.
 * `count` is the last event's n, `mark` how far they are published; `mark` moves without a new version.
 */
export interface AggregateDocument<S = unknown> {
  _id: string;
  district: District;
  id: string;
  version: number;
  state: S;
  index: Record<string, unknown>;
  seen: { publisher: string; key: string; seq: number }[];
  seqs: { key: string; seq: number }[];
  events: StoredEvent[];
  count: number;
  mark: number;
  pending?: true;
  wakeAt?: Date;
  /** The wrapped key of the input's words; origins only. */
  secret?: string;
}

/** What the publisher must know of a document. */
export type Published = Pick<AggregateDocument, '_id' | 'district' | 'events' | 'count' | 'mark' | 'secret'>;

/** `$toHashedIndexKey`-friendly and readable: the district, then the id. */
export function documentId(district: District, id: string): string {
  return `${district}/${id}`;
}

/** A document that has not been written yet: version 0, no state. */
export function blank<S>(district: District, id: string): AggregateDocument<S> {
  return {
    _id: documentId(district, id),
    district,
    id,
    version: 0,
    state: undefined as S,
    index: {},
    seen: [],
    seqs: [],
    events: [],
    count: 0,
    mark: 0,
  };
}

/**
 * Folds events into a copy of the document and numbers those that are published. The version is not touched:
 * several folds make one write. @throws ContractBroken before anything is written.
 */
export function advance<S, E extends { type: string }>(
  aggregate: Aggregate<S, E>,
  document: AggregateDocument<S>,
  events: readonly E[],
  time: string,
  trace?: string,
): AggregateDocument<S> {
  if (events.length === 0) return document;
  const next = { ...document, seqs: [...document.seqs], events: [...document.events] };
  for (const event of events) {
    next.state = aggregate.evolve(
      next.version === 0 && next.state === undefined ? undefined : next.state,
      event,
    );
    const known = eventClass(event.type);
    if (!known) continue;
    validateEvent(known, event, true);
    const { type, ...data } = event as { type: string } & Record<string, unknown>;
    const key = String(data[known.contract.key]);
    next.count += 1;
    next.events.push({
      n: next.count,
      type,
      key,
      seq: nextSeq(next.seqs, key),
      time,
      ...(trace && { trace }),
      data,
    });
    if (type === 'input.erased') delete next.secret;
  }
  next.index = aggregate.index?.(next.state) ?? {};
  const wakeAt = aggregate.wakeAt?.(next.state);
  if (wakeAt) next.wakeAt = new Date(wakeAt);
  else delete next.wakeAt;
  return next;
}

function nextSeq(seqs: AggregateDocument['seqs'], key: string): number {
  const at = seqs.findIndex((entry) => entry.key === key);
  const seq = (seqs[at]?.seq ?? 0) + 1;
  if (at >= 0) seqs[at] = { key, seq };
  else seqs.push({ key, seq });
  return seq;
}

/** The number of the last event of this publisher and key that the document has taken. */
export function seenSeq(document: AggregateDocument, publisher: string, key: string): number {
  return document.seen.find((entry) => entry.publisher === publisher && entry.key === key)?.seq ?? 0;
}

/** What a document has written and taken about one key, as the reconciler compares it between services. */
export interface Numbers {
  /** The number of its own last event; 0 without any. */
  written: number;
  /** The number of the last event taken of each publisher. */
  taken: { publisher: string; seq: number }[];
}

export function numbersOf({ seqs, seen }: Pick<AggregateDocument, 'seqs' | 'seen'>, key: string): Numbers {
  return {
    written: seqs.find((entry) => entry.key === key)?.seq ?? 0,
    taken: seen.filter((entry) => entry.key === key).map(({ publisher, seq }) => ({ publisher, seq })),
  };
}

/**
 * Remembers that an event was taken, whatever it changed. In the order of publisher and key, not of arrival, so that
 * the same events leave the same bytes.
 */
export function withSeen<S>(
  document: AggregateDocument<S>,
  publisher: string,
  key: string,
  seq: number,
): AggregateDocument<S> {
  const { seen } = document;
  const entry = { publisher, key, seq };
  const at = seen.findIndex((other) => other.publisher === publisher && other.key === key);
  if (at >= 0) return { ...document, seen: seen.with(at, entry) };
  const next = seen.findIndex(
    (other) => other.publisher > publisher || (other.publisher === publisher && other.key > key),
  );
  return { ...document, seen: seen.toSpliced(next < 0 ? seen.length : next, 0, entry) };
}

/**
 * The one guarded write from `before` to `after`. A new document is inserted, which costs the database a third of an
 * upsert; one that was there is upserted on {_id, version}. When someone else was first, either collides on _id, so
 * the miss has an error of its own in an unordered bulk. `updateMany`, though it meets one: the driver repeats no such
 * command by itself, so MongoDB keeps no record of each of its writes, which costs a fifth of an update. Whoever loses
 * the connection does the batch again.
 */
export function guardedWrite(
  before: AggregateDocument,
  after: AggregateDocument,
): AnyBulkWriteOperation<Document> {
  return before.version === 0
    ? { insertOne: { document: newDocument(after) } }
    : { updateMany: guardedUpdate(before, after) };
}

/** The change of a document that is there. */
export function guardedUpdate(
  before: AggregateDocument,
  after: AggregateDocument,
): { filter: Filter<Document>; update: UpdateFilter<Document>; upsert: true } {
  const { _id, version } = before;
  const added = after.events.slice(before.events.length);
  const { state, index, seen, seqs, count, wakeAt, secret, district, id, mark } = after;
  return {
    filter: { _id: _id as never, version },
    update: {
      $set: {
        version: version + 1,
        state,
        index,
        seen,
        seqs,
        count,
        ...(wakeAt && { wakeAt }),
        ...(secret && { secret }),
        ...(added.length > 0 && { pending: true }),
      },
      // The server's clock, not ours: sweeps compare with it.
      ...(added.length > 0 && {
        $currentDate: { pendingSince: { $type: 'timestamp' } },
        $push: { events: { $each: added } as never },
      }),
      // Met by nobody but what was taken out meanwhile (a rebuild does): a document of which parts are missing would
      // stop whoever reads it.
      $setOnInsert: { district, id, mark, ...(added.length === 0 && { events: [] }) },
      ...((!wakeAt || !secret) && {
        $unset: { ...(!wakeAt && { wakeAt: '' }), ...(!secret && { secret: '' }) },
      }),
    },
    upsert: true,
  };
}

/** A whole new document for an insert; the server fills the zero timestamp. */
export function newDocument(document: AggregateDocument): Document {
  const pending = document.count > 0 ? { pending: true, pendingSince: new Timestamp({ t: 0, i: 0 }) } : {};
  return { ...document, version: 1, ...pending };
}

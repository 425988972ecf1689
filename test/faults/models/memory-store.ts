import { MongoBulkWriteError } from 'mongodb';
import type { AnyBulkWriteOperation, Document } from 'mongodb';
import type { Aggregate, AggregateDocument } from '#messaging';
import type { Change } from '../../../libs/messaging/src/store/shared-update.js';
import type { AnyStore } from '../../../libs/messaging/src/consume/effects.js';

type Update = Record<'$set' | '$unset' | '$push' | '$setOnInsert', Record<string, unknown> | undefined>;
interface Guarded {
  insertOne?: { document: AggregateDocument };
  updateMany: { filter: { _id: string; version?: number }; update: Update; upsert: boolean };
}

/** Applies one guarded write as MongoDB would. @returns false for a collision on _id. */
export function applyWrite(
  documents: Map<string, AggregateDocument>,
  operation: AnyBulkWriteOperation<Document>,
): boolean {
  const { insertOne, updateMany } = operation as unknown as Guarded;
  if (insertOne) {
    if (documents.has(insertOne.document._id)) return false;
    documents.set(insertOne.document._id, insertOne.document);
    return true;
  }
  const { filter, update, upsert } = updateMany;
  const there = documents.get(filter._id);
  const matches = there !== undefined && (filter.version === undefined || there.version === filter.version);
  if (!matches && !upsert) return true;
  if (!matches && there !== undefined) return false;
  const next: Record<string, unknown> = {
    ...(there ?? { _id: filter._id, ...update.$setOnInsert }),
    ...update.$set,
  };
  for (const field of Object.keys(update.$unset ?? {})) delete next[field];
  for (const [field, { $each }] of Object.entries(
    (update.$push ?? {}) as Record<string, { $each: unknown[] }>,
  ))
    next[field] = [...((next[field] as unknown[] | undefined) ?? []), ...$each];
  documents.set(filter._id, next as unknown as AggregateDocument);
  return true;
}

/** Where messaging's own code keeps documents when no database is needed: the same writes, guarded in the same way. */
export class MemoryStore {
  readonly name: string;
  readonly documents = new Map<string, AggregateDocument>();

  constructor(readonly aggregate: Aggregate<unknown, { type: string }>) {
    this.name = aggregate.name;
  }

  async fetchAll(ids: string[]): Promise<Map<string, AggregateDocument>> {
    return new Map(
      ids.flatMap((id) => (this.documents.has(id) ? [[id, this.documents.get(id)!] as const] : [])),
    );
  }

  async writeAll(operations: AnyBulkWriteOperation<Document>[]): Promise<void> {
    const missed = operations.flatMap((operation, index) =>
      applyWrite(this.documents, operation) ? [] : [{ index, code: 11_000 }],
    );
    if (missed.length === 0) return;
    const result = { getWriteConcernError: () => undefined } as never;
    throw new MongoBulkWriteError({ message: 'E11000', code: 11_000, writeErrors: missed as never }, result);
  }

  async writeShared(changes: readonly Change[]): Promise<number> {
    const met = changes.filter(({ before }) => this.documents.get(before._id)?.version === before.version);
    for (const { before, after } of met) {
      const { version, state, index, seen } = after;
      const there = this.documents.get(before._id)!;
      this.documents.set(before._id, { ...there, version: version + 1, state, index, seen });
    }
    return met.length;
  }

  asStore(): AnyStore {
    return this as unknown as AnyStore;
  }
}

import type { Collection, Document } from 'mongodb';

/** What a store is searched by besides its ids; the district always comes first. */
export interface StoreIndexes {
  /** Index fields to search by, in the order of the compound index. */
  indexes?: Record<string, 1 | -1>[];
  /** Index fields that are unique within the district. */
  unique?: string[];
  /** Index fields that few documents have: their indexes hold those alone, and cost the others nothing. */
  sparse?: string[];
}

/** Those asked for, the sweep's, and with `wakes` the clocks'. */
export async function createIndexes(
  collection: Collection<Document>,
  { indexes = [], unique = [], sparse = [] }: StoreIndexes,
  wakes: boolean,
): Promise<void> {
  await collection.createIndex(
    { pendingSince: 1, _id: 1 },
    { partialFilterExpression: { pending: true }, name: 'pending' },
  );
  if (wakes) {
    await collection.createIndex(
      { wakeAt: 1 },
      { partialFilterExpression: { wakeAt: { $exists: true } }, name: 'wake' },
    );
  }
  for (const index of indexes) await collection.createIndex({ district: 1, ...onIndex(index), _id: 1 });
  for (const field of sparse)
    await collection.createIndex({ district: 1, [`index.${field}`]: 1, _id: 1 }, where(field));
  for (const field of unique)
    await collection.createIndex({ district: 1, [`index.${field}`]: 1 }, { unique: true, ...where(field) });
}

const where = (field: string) => ({ partialFilterExpression: { [`index.${field}`]: { $exists: true } } });

/** Conditions or an order by the names of index fields, as they are stored. */
export function onIndex(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) =>
      name.startsWith('$') && Array.isArray(value)
        ? [name, value.map((one: Record<string, unknown>) => onIndex(one))]
        : [`index.${name}`, value],
    ),
  );
}

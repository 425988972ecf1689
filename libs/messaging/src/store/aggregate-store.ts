import type { AnyBulkWriteOperation, Collection, Document } from 'mongodb';
import { Unknown } from '#contracts';
import { Problem, isDuplicateKey, unavailable } from '#platform';
import type { District, Page } from '#platform';
import { crashPoint } from '../crash-point.js';
import type { Messaging } from '../messaging.js';
import type { Aggregate } from './aggregate.js';
import { afterCursor, cursorOf } from './cursor.js';
import { advance, blank, documentId, guardedUpdate, newDocument } from './document.js';
import type { AggregateDocument } from './document.js';
import { GroupCommit } from './group-commit.js';
import { createIndexes, onIndex } from './indexes.js';
import type { StoreIndexes } from './indexes.js';
import { sharedUpdate } from './shared-update.js';
import type { Change } from './shared-update.js';

/** What a caller sees of a document. */
export interface Loaded<S> {
  id: string;
  state: S;
  version: number;
  secret?: string;
}

export interface StoreOptions extends StoreIndexes {
  /** Fields of state and index that this service marks for itself; a rebuild does not compare them. */
  notes?: string[];
  /** The name of a rebuild's copy (docs/adr/0026): nothing publishes from it, and no clock looks at it. */
  copy?: string;
}

export interface ListQuery {
  /** Conditions on index fields, by their names without `index.`. */
  where?: Record<string, unknown>;
  /** Order by index fields; the id decides between equals. */
  sort?: Record<string, 1 | -1>;
  limit: number;
  cursor?: string;
}

/** A part of a document: its numbers, and of the rest only what was asked for. */
export type Glance<S> = Pick<
  AggregateDocument<S>,
  'id' | 'seqs' | 'seen' | 'mark' | 'count' | 'events' | 'state'
>;

/**
 * A document may hold nothing but what it has seen: the first event about it was one that changes nothing here, or that
 * a person discarded. For everybody but the consumer there is no such aggregate.
 */
export const known = { $exists: true } as const;

/** How often a command is done again when others keep changing the same document. */
const maximumRedos = 40;

/** A random wait that grows with each conflict: those who collide do not collide again in step. */
const waitAfterConflict = (redo: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(2 ** redo, 50)));

/**
 * Loads and saves one kind of aggregate. Every write is one document, guarded by its version, durable before the
 * caller is answered, and handed to the publisher at once.
 */
export class AggregateStore<S, E extends { type: string }> {
  readonly name: string;
  private readonly collection: Collection<Document>;
  private readonly creations: GroupCommit;

  constructor(
    private readonly messaging: Messaging,
    readonly aggregate: Aggregate<S, E>,
    readonly options: StoreOptions = {},
  ) {
    this.name = options.copy ?? aggregate.name;
    this.collection = messaging.collection(this.name);
    this.creations = new GroupCommit(this.collection);
    if (!options.copy) messaging.register(this);
  }

  /**
   * Creates a document from its first events. An id that exists already changes nothing and gives what is there.
   * @throws the driver's error when the result is unknown (503): the same id on retry tells.
   */
  async create(
    district: District,
    id: string,
    events: readonly E[],
    extra: { secret?: string } = {},
  ): Promise<Loaded<S> & { created: boolean }> {
    const first = { ...blank<S>(district, id), ...extra };
    const document = advance(this.aggregate, first, events, new Date().toISOString(), this.messaging.trace());
    if ((await this.creations.insert(newDocument(document))) === 'created') {
      this.messaging.written(this, document);
      return { created: true, ...loaded({ ...document, version: 1 }) };
    }
    const there = await this.load(district, id);
    if (!there)
      throw new Problem(409, undefined, {
        detail: `${this.name}: another document has the same unique field`,
      });
    return { created: false, ...there };
  }

  /**
   * Decides on the newest state and writes what follows; done again when someone else was first. No events, no write.
   * @throws Unknown when there is no such document; Problem 412 when `ifVersion` is not its version.
   */
  async change(
    district: District,
    id: string,
    decide: (state: S) => readonly E[],
    guard: { ifVersion?: number } = {},
  ): Promise<Loaded<S>> {
    for (let redo = 0; redo < maximumRedos; redo += 1) {
      const before = await this.fetch(district, id);
      if (!before) throw new Unknown(this.name.replace(/s$/, ''));
      if (guard.ifVersion !== undefined && guard.ifVersion !== before.version) {
        throw new Problem(412, undefined, {
          detail: `It is at version ${before.version} now; read it again.`,
        });
      }
      const events = decide(before.state);
      if (events.length === 0) return loaded(before);
      const after = advance(this.aggregate, before, events, new Date().toISOString(), this.messaging.trace());
      if (await this.save(before, after)) {
        this.messaging.written(this, after);
        return loaded({ ...after, version: before.version + 1 });
      }
      await waitAfterConflict(redo);
    }
    throw unavailable('Many people are changing this at once.');
  }

  async load(district: District, id: string): Promise<Loaded<S> | undefined> {
    const document = await this.fetch(district, id);
    return document && loaded(document);
  }

  /** The one document whose index fields are these. */
  async findBy(district: District, index: Record<string, unknown>): Promise<Loaded<S> | undefined> {
    const found = await this.collection.findOne({ district, ...onIndex(index) });
    return found ? loaded(found as unknown as AggregateDocument<S>) : undefined;
  }

  /** A page in a stable order; `next` goes on after its last document. */
  async list(district: District, query: ListQuery): Promise<Page<Loaded<S>>> {
    const sort = { ...query.sort };
    const after = query.cursor ? afterCursor(sort, query.cursor) : {};
    const found = await this.collection
      .find(
        { district, state: known, $and: [onIndex(query.where ?? {}), after] },
        { projection: { events: 0 } },
      )
      .sort({ ...onIndex(sort), _id: 1 })
      .limit(query.limit + 1)
      .toArray();
    const documents = found.slice(0, query.limit) as unknown as AggregateDocument<S>[];
    const last = documents.at(-1);
    return {
      items: documents.map(loaded),
      ...(found.length > query.limit && last && { next: cursorOf(sort, last) }),
    };
  }

  count(district: District, where: Record<string, unknown> = {}): Promise<number> {
    return this.collection.countDocuments({ district, state: known, ...onIndex(where) });
  }

  /** Documents of any district that a clock must look at, oldest first; for the clocks of messaging alone. */
  async waking(now: Date, limit: number): Promise<{ district: District; id: string }[]> {
    const found = await this.collection
      .find({ wakeAt: { $lte: now } }, { projection: { district: 1, id: 1 } })
      .sort({ wakeAt: 1 })
      .limit(limit)
      .toArray();
    return found.map(({ district, id }) => ({ district: district as District, id: id as string }));
  }

  /**
   * Documents in the order of their ids (by bytes, as every service lists them), after one of them: for walks over all
   * of a district. Of each its id, its numbers, and these fields.
   */
  async after(district: District, id: string, limit: number, fields: string[]): Promise<Glance<S>[]> {
    // '0' is what follows '/', so that the range ends with the district.
    const _id = { $gt: documentId(district, id), $lt: `${district}0` } as never;
    const projection = projectionOf(fields);
    const filter = { _id, state: known };
    const found = await this.collection.find(filter, { projection }).sort({ _id: 1 }).limit(limit).toArray();
    return found as unknown as Glance<S>[];
  }

  /** Those whose sparse index field has this value, in the order of ids from one of them on, with these fields. */
  async having(
    district: District,
    index: { [field: string]: string },
    { from, limit, fields }: { from: string; limit: number; fields: string[] },
  ): Promise<Glance<S>[]> {
    const filter = { district, ...onIndex(index), _id: { $gte: documentId(district, from) } as never };
    const projection = projectionOf(fields);
    const found = await this.collection.find(filter, { projection }).sort({ _id: 1 }).limit(limit).toArray();
    return found as unknown as Glance<S>[];
  }

  /** Those of these ids that are there, with these fields. */
  async glance(district: District, ids: string[], fields: string[]): Promise<Glance<S>[]> {
    const _id = { $in: ids.map((id) => documentId(district, id)) } as never;
    const found = await this.collection.find({ _id }, { projection: projectionOf(fields) }).toArray();
    return found as unknown as Glance<S>[];
  }

  /** The documents of these ids, whole; for the consumer. */
  async fetchAll(ids: string[]): Promise<Map<string, AggregateDocument<S>>> {
    const found = await this.collection.find({ _id: { $in: ids as never[] } }).toArray();
    return new Map(
      found.map((document) => [String(document._id), document as unknown as AggregateDocument<S>]),
    );
  }

  /** Unordered guarded writes of different documents in one round; for the consumer. Throws as the driver does. */
  async writeAll(operations: AnyBulkWriteOperation<Document>[]): Promise<void> {
    await this.collection.bulkWrite(operations, {
      ordered: false,
      writeConcern: { w: 'majority', journal: true },
    });
  }

  /** Quiet changes of documents of one version, in one command; for the consumer. @returns how many it met. */
  async writeShared(changes: readonly Change[]): Promise<number> {
    const { filter, update } = sharedUpdate(changes);
    const { matchedCount } = await this.collection.updateMany(filter, update, {
      writeConcern: { w: 'majority', journal: true },
    });
    return matchedCount;
  }

  /** Called once at start. */
  ensureIndexes(): Promise<void> {
    return createIndexes(this.collection, this.options, this.aggregate.wakeAt !== undefined);
  }

  async fetch(district: District, id: string): Promise<AggregateDocument<S> | undefined> {
    const found = await this.collection.findOne({ _id: documentId(district, id) as never, state: known });
    return (found ?? undefined) as AggregateDocument<S> | undefined;
  }

  private async save(before: AggregateDocument<S>, after: AggregateDocument<S>): Promise<boolean> {
    const { filter, update } = guardedUpdate(before, after);
    crashPoint('before command write');
    try {
      const result = await this.collection.updateOne(filter, update, {
        writeConcern: { w: 'majority', journal: true },
      });
      crashPoint('after command write');
      return result.matchedCount === 1;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }
}

function loaded<S>({ id, state, version, secret }: AggregateDocument<S>): Loaded<S> {
  return { id, state, version, ...(secret && { secret }) };
}

function projectionOf(fields: string[]): Record<string, 1> {
  return Object.fromEntries(['id', 'seqs', 'seen', ...fields].map((field) => [field, 1]));
}

import type { AnyBulkWriteOperation, Document } from 'mongodb';
import type { EventClass, EventData, KeyField } from '#contracts';
import { documentErrors, isDuplicateKey, isInfrastructureFailure } from '#platform';
import type { District } from '#platform';
import { crashPoint } from '../crash-point.js';
import { validateEvent } from '../publish/validate.js';
import type { Envelope } from '../publish/wire.js';
import type { AggregateStore } from '../store/aggregate-store.js';
import { advance, blank, documentId, guardedWrite, seenSeq, withSeen } from '../store/document.js';
import type { AggregateDocument } from '../store/document.js';
import { allEnded } from './all-ended.js';
import { divided } from '../store/shared-update.js';
import type { Change } from '../store/shared-update.js';
import type { Given } from './on.js';

export type AnyStore = AggregateStore<unknown, { type: string }>;

/** One event on its way into one document. */
export interface Incoming {
  id: string;
  topic: string;
  envelope: Envelope;
  contract: EventClass;
  data: EventData & Record<string, unknown>;
  message: {
    value: Buffer | null;
    headers?: Record<string, Buffer | string | (Buffer | string)[] | undefined>;
  };
  /** It waits in the parked collection already. */
  parked: boolean;
  /** A person decided that it changes nothing. */
  discarded: boolean;
}

/** Which store takes the events of a kind of key, and which of them. */
export interface Target {
  store: AnyStore;
  only?: (data: Record<string, unknown>) => boolean;
}

export type Targets = Partial<Record<KeyField, Target>>;

/** Calls the handler of a type; undefined when the service has none for it, which only advances `seen`. */
export type Handle = (
  type: string,
) => ((event: EventData, given: Given<unknown>) => Promise<readonly { type: string }[]>) | undefined;

/** What became of a document's events: applied (or seen before), held back by a gap, or failed, with those behind it. */
export interface Outcome {
  applied: Incoming[];
  gaps: Incoming[];
  failed?: { event: Incoming; reason: string };
  behind: Incoming[];
}

interface Work {
  target: Target;
  district: District;
  id: string;
  events: Incoming[];
  /** It shared a command that did not go through for all: now it has its own, with an error of its own. */
  alone?: true;
}

interface Write extends Change {
  work: Work;
}

const triesWithin = [0, 50, 120];
const redoLimit = 50;
/** Documents read, folded and written at once. */
const shareSize = 500;
/** Shares in hand at once: one is folded while the others are read, written, or wait for the disk. */
const lanes = 3;

/**
 * Applies events to their documents: one find and one bulk write for some hundreds of a store, events folded per
 * document in their order.
 * A version conflict means reload and redo; a refused document fails alone; a lost database throws.
 */
export class Effects {
  constructor(
    private readonly handle: Handle,
    private readonly trace: <T>(traceparent: string | undefined, run: () => T) => T,
    private readonly written: (store: AnyStore, document: AggregateDocument) => void,
  ) {}

  async apply(works: Work[]): Promise<Outcome[]> {
    const outcomes = new Map<Work, Outcome>();
    let open = works;
    for (let redo = 0; open.length > 0; redo += 1) {
      if (redo < redoLimit) open = await this.round(open, outcomes);
      else {
        for (const work of open) outcomes.set(work, refused(work, new Error('the document kept changing')));
        break;
      }
    }
    return works.map((work) => outcomes.get(work)!);
  }

  /** One attempt at each document; returns those that someone else changed meanwhile. */
  private async round(works: Work[], outcomes: Map<Work, Outcome>): Promise<Work[]> {
    const again: Work[] = [];
    for (const [store, ofStore] of Map.groupBy(works, (work) => work.target.store)) {
      const shares = sharesOf(ofStore);
      const lane = async (): Promise<void> => {
        for (const share of shares) again.push(...(await this.share(store, share, outcomes)));
      };
      await allEnded(Array.from({ length: lanes }, lane));
    }
    return again;
  }

  private async share(store: AnyStore, works: Work[], outcomes: Map<Work, Outcome>): Promise<Work[]> {
    const documents = await store.fetchAll(works.map((work) => documentId(work.district, work.id)));
    const writes: Write[] = [];
    // Side by side: a handler that fails waits between its tries, and a thousand of them must not wait in a row.
    const folded = works.map(async (work) => {
      const before =
        documents.get(documentId(work.district, work.id)) ?? blank<unknown>(work.district, work.id);
      return { work, before, ...(await this.fold(store, before, work.events)) };
    });
    for (const { work, before, after, outcome } of await Promise.all(folded)) {
      outcomes.set(work, outcome);
      if (after !== before) writes.push({ work, before, after });
      // A write whose result was lost did happen: its events must not wait for the sweep.
      else if (before.count > before.mark) this.written(store, before);
    }
    return this.write(store, writes, outcomes);
  }

  private async write(store: AnyStore, writes: Write[], outcomes: Map<Work, Outcome>): Promise<Work[]> {
    if (writes.length === 0) return [];
    const { alone, groups } = divided(writes, ({ work }) => !work.alone);
    crashPoint('before effect write');
    const again = await allEnded([
      this.writeAlone(store, alone, outcomes),
      ...groups.map((group) => this.writeShared(store, group)),
    ]);
    crashPoint('after effect write');
    return again.flat();
  }

  private async writeAlone(store: AnyStore, writes: Write[], outcomes: Map<Work, Outcome>): Promise<Work[]> {
    if (writes.length === 0) return [];
    const errors = await bulkErrors(
      store,
      writes.map(({ before, after }) => guardedWrite(before, after)),
    );
    const again: Work[] = [];
    writes.forEach(({ work, after }, i) => {
      const error = errors.get(i);
      if (error === undefined) this.written(store, after);
      else if (isDuplicateKey(error)) again.push(work);
      else outcomes.set(work, refused(work, error));
    });
    return again;
  }

  /** Where it missed a document, or the database refused one, all are done again: what was written is recognised. */
  private async writeShared(store: AnyStore, group: Write[]): Promise<Work[]> {
    try {
      if ((await store.writeShared(group)) === group.length) {
        for (const { after } of group) this.written(store, after);
        return [];
      }
    } catch (error) {
      if (isInfrastructureFailure(error)) throw error;
    }
    for (const { work } of group) work.alone = true;
    return group.map(({ work }) => work);
  }

  /** Folds a document's events in order: skips what it has seen, stops at a gap or at a failure of a publisher's line. */
  private async fold(
    store: AnyStore,
    before: AggregateDocument,
    events: Incoming[],
  ): Promise<{ after: AggregateDocument; outcome: Outcome }> {
    const outcome: Outcome = { applied: [], gaps: [], behind: [] };
    let document = before;
    for (const event of inOrder(events)) {
      const { publisher, key, seq } = event.envelope;
      const seen = seenSeq(document, publisher, key);
      if (outcome.failed) outcome.behind.push(event);
      else if (seq <= seen) outcome.applied.push(event);
      else if (seq > seen + 1) outcome.gaps.push(event);
      else {
        try {
          document = withSeen(await this.effect(store, document, event), publisher, key, seq);
          outcome.applied.push(event);
        } catch (error) {
          if (isInfrastructureFailure(error)) throw error;
          outcome.failed = { event, reason: (error as Error).message };
        }
      }
    }
    return { after: document, outcome };
  }

  private async effect(
    store: AnyStore,
    document: AggregateDocument,
    event: Incoming,
  ): Promise<AggregateDocument> {
    const handler = this.handle(event.envelope.type);
    if (!handler || event.discarded) return document;
    const { district, publisher, seq, time, trace } = event.envelope;
    validateEvent(event.contract, event.data, false);
    let failure: unknown;
    for (const wait of triesWithin) {
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      try {
        const now = new Date().toISOString();
        const given = {
          state: document.version === 0 && document.state === undefined ? undefined : document.state,
          district,
          publisher,
          seq,
          time,
          now,
        };
        const events = await this.trace(trace, () => handler(event.data, given));
        return advance(store.aggregate, document, events, now, trace);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }
}

/** Taken from by all lanes; when one of them fails, there are no more for the others. */
function* sharesOf(works: Work[]): Generator<Work[]> {
  for (let at = 0; at < works.length; at += shareSize) yield works.slice(at, at + shareSize);
}

/** Each publisher's events by seq; publishers stay in the order of arrival. */
function inOrder(events: Incoming[]): Incoming[] {
  return [
    ...Map.groupBy(events, (event) => `${event.envelope.publisher}/${event.envelope.key}`).values(),
  ].flatMap((line) => line.sort((a, b) => a.envelope.seq - b.envelope.seq));
}

/** The errors of an unordered bulk by operation. @throws when the database was lost: then no result is known. */
async function bulkErrors(
  store: AnyStore,
  operations: AnyBulkWriteOperation<Document>[],
): Promise<Map<number, unknown>> {
  try {
    await store.writeAll(operations);
    return new Map();
  } catch (error) {
    const writeErrors = documentErrors(error);
    if (writeErrors.some((one) => isInfrastructureFailure(one.err ?? one))) throw error;
    return new Map(writeErrors.map((one) => [one.index, one]));
  }
}

/** The database refused this document (too large, a unique field): its first event is at fault, the rest wait. */
function refused(work: Work, error: unknown): Outcome {
  const [first, ...rest] = inOrder(work.events);
  const reason = (error as { errmsg?: string; message?: string }).errmsg ?? (error as Error).message;
  return { applied: [], gaps: [], behind: rest, failed: { event: first!, reason } };
}

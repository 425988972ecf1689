import { setTimeout as pause } from 'node:timers/promises';
import type { AnyBulkWriteOperation, Collection, Document } from 'mongodb';
import { documentErrors } from '#platform';
import type { AnyStore } from '../consume/effects.js';
import type { Messaging } from '../messaging.js';
import type { AggregateDocument } from '../store/document.js';
import { idsOf } from './copy.js';
import type { Copy } from './copy.js';
import { exampleLimit, nothingCompared } from './rebuild.js';
import type { Compared, Rebuild, Verdict } from './rebuild.js';
import { verdictOf } from './verdict.js';

const pageSize = 200;
/** Documents whose verdict waits until both sides have read on; bounds what is held in memory. */
const undecidedLimit = 2_000;
const looks = 10;
const tellEveryMs = 500;
/** How long a look waits for the live consumer, which may be behind, or down: putting right is safe in any case. */
const livePatienceMs = 30_000;
/** Clocks of two instances: what was discarded so shortly before the rebuild began counts as meanwhile. */
const skewMs = 60_000;

interface Pair {
  live: AggregateDocument | undefined;
  copy: AggregateDocument | undefined;
}

/**
 * Walks the live documents and their copies side by side, and puts the live ones right. Each is replaced by one write,
 * guarded by the version it was compared at: the live consumer goes on all the while, and whoever loses looks again.
 * A replaced document has taken at least the events that the live one had, so nothing is taken back or taken twice.
 */
export class Mender {
  private compared: Compared;
  private examples: Rebuild['examples'];
  private toldAt = 0;

  constructor(
    private readonly messaging: Messaging,
    private readonly copy: Copy,
    private readonly rebuild: Rebuild,
    /** Delete documents that no event tells of: only once every owner has sent everything. */
    private readonly remove: boolean,
    /** Notes how far it is. @throws when this instance is no longer the one that works on it. */
    private readonly tell: (progress: Pick<Rebuild, 'compared' | 'examples'>) => Promise<unknown>,
  ) {
    const { different, behind, missing, removed } = rebuild.compared;
    // What was put right stays counted, whoever did it; the rest is looked at again.
    this.compared = {
      ...nothingCompared(),
      ...(!rebuild.check && { different, behind, missing, removed }),
    };
    const stays = ({ verdict }: { verdict: Verdict }): boolean =>
      !rebuild.check && verdict !== 'ahead' && verdict !== 'unknown';
    this.examples = rebuild.examples.filter(stays);
  }

  async run(): Promise<Compared> {
    for (const { live, copy } of this.copy.stores) await this.store(live, copy);
    return this.compared;
  }

  private async store(live: AnyStore, copy: AnyStore): Promise<void> {
    let undecided = new Map<string, string>();
    for await (const pairs of this.pages(live, copy)) {
      const page = await this.look(live, pairs, undefined);
      for (const [id, sight] of page) undecided.set(id, sight);
      if (undecided.size >= undecidedLimit) {
        await this.settle(live, copy, undecided);
        undecided = new Map();
      }
      if (Date.now() - this.toldAt > tellEveryMs) await this.tellNow();
    }
    await this.settle(live, copy, undecided);
    await this.tellNow();
  }

  /** Looks at documents again, each time after both sides have read on, until every one has its verdict. */
  private async settle(live: AnyStore, copy: AnyStore, undecided: Map<string, string>): Promise<void> {
    for (let look = 1; undecided.size > 0; look += 1) {
      await this.bothReadOn();
      await this.copy.takeDiscards();
      const ids = [...undecided.keys()];
      for (let i = 0; i < ids.length; i += pageSize) {
        const some = ids.slice(i, i + pageSize);
        await this.copy.drain(some);
        const pairs = await this.fetch(live, copy, some);
        // That the copy lacks one counts only if it was whole while it was read: it is dropped after this would throw.
        await this.tellNow();
        const left = await this.look(live, pairs, look < looks ? undecided : 'last');
        for (const id of some) {
          const sight = left.get(id);
          if (sight === undefined) undecided.delete(id);
          else undecided.set(id, sight);
        }
      }
    }
  }

  /** @throws when this instance no longer works on it. */
  private async tellNow(): Promise<void> {
    this.toldAt = Date.now();
    await this.tell({ compared: this.compared, examples: this.examples });
  }

  /** Until the copy, and the live consumer if it works, are past what lies on the topics now. */
  private async bothReadOn(): Promise<void> {
    const ends = await this.copy.offsets.ends();
    const until = Date.now() + livePatienceMs;
    for (;;) {
      const [left, ofLive] = [await this.copy.left(ends), await this.copy.leftOfLive(ends)];
      if (left === 0 && (ofLive === 0 || Date.now() > until)) return;
      await this.tellNow();
      await pause(200);
    }
  }

  /**
   * Gives verdicts and puts right. With the same events on both sides there is one at once; else only when nothing
   * has moved since the sight before. @returns those to look at again, by id, with what was seen.
   */
  private async look(
    store: AnyStore,
    pairs: Map<string, Pair>,
    before: Map<string, string> | 'last' | undefined,
  ): Promise<Map<string, string>> {
    const again = new Map<string, string>();
    const wrong: { id: string; pair: Pair; verdict: Verdict }[] = [];
    for (const [id, pair] of pairs) {
      if ((pair.live?.count ?? 0) > 0)
        throw new Error(`${store.name} ${id} has events of its own: it is no view, and is never rebuilt`);
      const verdict = verdictOf(pair.live, pair.copy, store.options.notes);
      if (verdict === 'same') {
        this.compared.same += 1;
        continue;
      }
      const sight = JSON.stringify([pair.live?.seen, pair.copy?.seen]);
      const sure = verdict === 'different' || before === 'last' || before?.get(id) === sight;
      if (sure) wrong.push({ id, pair, verdict });
      else again.set(id, sight);
    }
    for (const id of await this.putRight(store, wrong)) again.set(id, 'changed meanwhile');
    return again;
  }

  /** @returns the ids of those that someone changed in between. */
  private async putRight(
    store: AnyStore,
    wrong: { id: string; pair: Pair; verdict: Verdict }[],
  ): Promise<string[]> {
    if (wrong.length === 0) return [];
    const { remove } = this;
    const { check } = this.rebuild;
    const ids = wrong.map(({ id }) => id);
    const [discarded, held] = await Promise.all([this.discardedMeanwhile(ids), this.copy.held(ids)]);
    // Its events are there, and this build cannot apply them.
    for (const one of wrong) if (one.verdict === 'unknown' && held.has(one.id)) one.verdict = 'ahead';
    const left = wrong.filter(({ id, verdict }) => discarded.has(id) && verdict !== 'missing');
    const rest = wrong.filter((one) => !left.includes(one));
    const writes = rest.filter(({ verdict }) => verdict !== 'ahead' && (verdict !== 'unknown' || remove));
    const lost = check ? new Set<string>() : await this.write(this.messaging.collection(store.name), writes);
    this.compared.left += left.length;
    for (const { id, verdict } of rest) {
      if (lost.has(id)) continue;
      const removed = verdict === 'unknown' && remove && !check;
      this.compared[removed ? 'removed' : verdict] += 1;
      if (this.examples.length < exampleLimit)
        this.examples.push({ store: store.name, id: id.slice(id.indexOf('/') + 1), verdict });
    }
    return [...lost];
  }

  /** One guarded write each. @returns those that lost. */
  private async write(
    collection: Collection<Document>,
    wrong: { id: string; pair: Pair }[],
  ): Promise<Set<string>> {
    const lost = new Set<string>();
    const replaced = wrong.filter(({ pair }) => pair.copy);
    const operations = replaced.map(({ id, pair: { live, copy } }): AnyBulkWriteOperation<Document> => {
      const version = live?.version ?? 0;
      const replacement = { ...copy, version: version + 1 } as Document;
      // On {_id, version}, so that a miss collides on _id and has an error of its own.
      return { replaceOne: { filter: { _id: id as never, version }, replacement, upsert: true } };
    });
    const writeConcern = { w: 'majority', journal: true } as const;
    try {
      if (operations.length > 0) await collection.bulkWrite(operations, { ordered: false, writeConcern });
    } catch (error) {
      for (const { index } of documentErrors(error)) lost.add(replaced[index]!.id);
    }
    for (const { id, pair } of wrong.filter((one) => !one.pair.copy)) {
      const filter = { _id: id as never, version: pair.live!.version };
      if ((await collection.deleteOne(filter, { writeConcern })).deletedCount === 0) lost.add(id);
    }
    return lost;
  }

  /** The copy may have applied what a person has decided to skip in the live view. */
  private async discardedMeanwhile(ids: string[]): Promise<Set<string>> {
    const since = new Date(this.rebuild.startedAt.getTime() - skewMs);
    const found = await this.messaging
      .collection('parked')
      .distinct('holdKey', { holdKey: { $in: ids }, kind: 'discarded', 'discarded.at': { $gte: since } });
    return new Set(found.map(String));
  }

  /** Both sides in the order of ids, page by page; a document that one side lacks is a pair all the same. */
  private async *pages(live: AnyStore, copy: AnyStore): AsyncGenerator<Map<string, Pair>> {
    const { from, to } = idsOf(this.rebuild.district);
    const page = async (store: AnyStore, after: string): Promise<AggregateDocument[]> =>
      (await this.messaging
        .collection(store.name)
        .find({ _id: { $gt: after, $lt: to } as never })
        .sort({ _id: 1 })
        .limit(pageSize)
        .toArray()) as unknown as AggregateDocument[];
    for (let after = from; ;) {
      const [ofLive, ofCopy] = await Promise.all([page(live, after), page(copy, after)]);
      if (ofLive.length === 0 && ofCopy.length === 0) return;
      // A full page may go on: beyond its last id, nothing is known of that side.
      const full = [ofLive, ofCopy].filter(({ length }) => length === pageSize);
      const known = full.map((documents) => documents.at(-1)!._id).sort(asStored)[0];
      const within = ({ _id }: AggregateDocument): boolean =>
        known === undefined || asStored(_id, known) <= 0;
      yield pairsOf(ofLive.filter(within), ofCopy.filter(within));
      if (known === undefined) return;
      after = known;
    }
  }

  private async fetch(live: AnyStore, copy: AnyStore, ids: string[]): Promise<Map<string, Pair>> {
    const [ofLive, ofCopy] = await Promise.all([live.fetchAll(ids), copy.fetchAll(ids)]);
    return pairsOf([...ofLive.values()], [...ofCopy.values()]);
  }
}

function pairsOf(live: AggregateDocument[], copy: AggregateDocument[]): Map<string, Pair> {
  const pairs = new Map<string, Pair>(live.map((one) => [one._id, { live: one, copy: undefined }]));
  for (const one of copy) pairs.set(one._id, { live: pairs.get(one._id)?.live, copy: one });
  return pairs;
}

/** The database orders strings by their bytes. */
function asStored(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

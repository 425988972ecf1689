import type { Publisher } from '#contracts';
import { config, withTrace } from '#platform';
import type { District } from '#platform';
import { Batch } from '../consume/batch.js';
import type { Fetched } from '../consume/batch.js';
import { Effects } from '../consume/effects.js';
import type { AnyStore, Handle, Targets } from '../consume/effects.js';
import { EventConsumer } from '../consume/event-consumer.js';
import { ParkedEvents } from '../consume/parked.js';
import { republishTopic, topicOf } from '../kafka/topics.js';
import type { Messaging } from '../messaging.js';
import { AggregateStore } from '../store/aggregate-store.js';
import { documentId } from '../store/document.js';
import { Offsets, messagesLeft } from './offsets.js';
import type { Places } from './offsets.js';
import type { Rebuild } from './rebuild.js';

/** What makes a service's views: its stores, whose topics they are made from, and its handlers. */
export interface Views {
  messaging: Messaging;
  targets: Targets;
  publishers: Publisher[];
  /** Topics that are read beside events, and who takes their records. */
  beside: { topics: string[]; take(topic: string, fetched: Fetched[]): Promise<boolean> };
  prepare(districts: District[]): Promise<void>;
  handle: Handle;
}

/** The copy's consumer stopped for good; the next one goes on where it was. */
export class ReaderDied extends Error {
  override readonly name = 'ReaderDied';
}

/** Folded at once, so that the live consumer of the same process gets its turn in between. */
const atOnce = 200;

/**
 * A second copy of a service's views for one district, in collections of its own, made from the beginning of the
 * topics by a consumer group of its own through the same handlers. Both live as long as the rebuild: whoever goes on
 * after a kill finds them as they were.
 */
export class Copy {
  readonly stores: { live: AnyStore; copy: AnyStore }[];
  readonly offsets: Offsets;
  readonly parkedName: string;
  private readonly groupId: string;
  private readonly parked: ParkedEvents;
  private readonly batch: Batch;
  private readonly reader: EventConsumer;
  private readonly at: Places = new Map();
  private failure: string | undefined;
  /** Taken since this instance began. */
  messages = 0;

  constructor(
    private readonly views: Views,
    private readonly rebuild: Rebuild,
    heard: (fetched: Fetched[]) => Promise<void>,
  ) {
    const { messaging, targets, publishers, beside, handle } = views;
    const { kafka, service, db } = messaging;
    const prefix = copyPrefix(rebuild._id);
    const copies = new Map<AnyStore, AnyStore>();
    const copyOf = (live: AnyStore): AnyStore => {
      const copy: AnyStore =
        copies.get(live) ??
        new AggregateStore(messaging, live.aggregate, { copy: `${prefix}${live.aggregate.name}` });
      copies.set(live, copy);
      return copy;
    };
    const copyTargets = Object.fromEntries(
      Object.entries(targets).map(([key, target]) => [key, { ...target, store: copyOf(target.store) }]),
    ) as Targets;
    this.stores = [...copies].map(([live, copy]) => ({ live, copy }));
    this.parkedName = `${prefix}parked`;
    this.parked = new ParkedEvents(db, this.parkedName);
    // A copy publishes nothing and wakes nobody.
    const effects = new Effects(handle, withTrace, () => undefined);
    this.batch = new Batch(copyTargets, effects, this.parked, views.prepare);
    const topics = publishers.map(topicOf);
    this.offsets = new Offsets(kafka, topics);
    const group = groupOf(service, rebuild._id);
    this.groupId = `${config().prefix}.${group}`;
    this.reader = new EventConsumer(
      kafka,
      group,
      [...topics, republishTopic(), ...(rebuild.check ? [] : beside.topics)],
      { take: (fetched) => this.take(fetched) },
      async (topic, fetched) => {
        if (topic !== republishTopic()) return beside.take(topic, fetched);
        await heard(fetched);
        return true;
      },
      (why) => (this.failure = why),
    );
  }

  async start(): Promise<void> {
    await this.offsets.connect();
    await this.parked.ensureIndexes();
    await this.takeDiscards();
    await this.reader.start();
  }

  async stop(): Promise<void> {
    await this.reader.stop().catch(() => undefined);
    await this.offsets.disconnect().catch(() => undefined);
  }

  /** How many messages are left up to these ends. @throws when the reader has died. */
  async left(ends: Places): Promise<number> {
    if (this.failure) throw new ReaderDied(this.failure);
    const at = await this.offsets.committed(this.groupId);
    for (const [place, offset] of this.at) if (offset > (at.get(place) ?? 0n)) at.set(place, offset);
    return messagesLeft(ends, at);
  }

  /** How many the service's own consumer has left. */
  async leftOfLive(ends: Places): Promise<number> {
    const { service } = this.views.messaging;
    return messagesLeft(ends, await this.offsets.committed(`${config().prefix}.${service}`));
  }

  /** What people discarded is skipped here, too, whether it was decided before or while this runs. */
  async takeDiscards(): Promise<void> {
    const { district } = this.rebuild;
    await this.views.messaging
      .collection('parked')
      .aggregate(
        [
          { $match: { district, kind: 'discarded' } },
          { $merge: { into: this.parkedName, whenMatched: 'replace' } },
        ],
        { writeConcern: { w: 'majority', journal: true } },
      )
      .toArray();
  }

  /** Tries again what is parked under the keys of these documents. */
  async drain(ids: string[]): Promise<void> {
    for (const [holdKey, entries] of await this.parked.under(ids)) await this.batch.drain(holdKey, entries);
  }

  /** Those of these documents of which the copy keeps events parked. */
  async held(ids: string[]): Promise<Set<string>> {
    const entries = [...(await this.parked.under(ids)).values()].flat();
    return new Set(
      entries.flatMap(({ kind, holdKey }) => (kind !== 'discarded' && holdKey ? [holdKey] : [])),
    );
  }

  parkedCount(): Promise<number> {
    return this.parked.count();
  }

  private async take(fetched: Fetched[]): Promise<void> {
    const { district } = this.rebuild;
    const ours = fetched.filter(({ message }) => String(message.headers?.['ce_district']) === district);
    for (let i = 0; i < ours.length; i += atOnce) await this.batch.take(ours.slice(i, i + atOnce));
    for (const { topic, partition, message } of fetched)
      this.at.set(`${topic}/${partition}`, BigInt(message.offset) + 1n);
    this.messages += fetched.length;
  }
}

/** Ids of documents, as they are stored, within a district. */
export const idsOf = (district: District): { from: string; to: string } => ({
  from: documentId(district, ''),
  to: `${district}0`,
});

function groupOf(service: string, rebuildId: string): string {
  return `${service}.rebuild-${rebuildId}`;
}

function copyPrefix(rebuildId: string): string {
  return `rebuild.${rebuildId}.`;
}

/**
 * Deletes what ended rebuilds left beside the live views: collections, and the consumer group. @param ended which of
 * these rebuilds have ended; of the one that runs, nothing may go.
 */
export async function dropCopies(
  { db, kafka, service }: Messaging,
  ended: (rebuildIds: string[]) => Promise<string[]>,
): Promise<void> {
  const collections = await db.listCollections({ name: /^rebuild\./ }, { nameOnly: true }).toArray();
  const byRebuild = Map.groupBy(
    collections.map(({ name }) => name),
    (name) => name.split('.')[1]!,
  );
  const over = byRebuild.size > 0 ? await ended([...byRebuild.keys()]) : [];
  if (over.length === 0) return;
  const offsets = new Offsets(kafka, []);
  await offsets.connect();
  for (const id of over) {
    // One that is gone already, or that a stalled instance is still in: Kafka forgets it after some days.
    await offsets.deleteGroup(`${config().prefix}.${groupOf(service, id)}`).catch(() => undefined);
    for (const name of byRebuild.get(id)!) await db.collection(name).drop();
  }
  await offsets.disconnect();
}

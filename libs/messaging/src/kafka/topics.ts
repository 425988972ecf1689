import type { Admin, Kafka } from 'kafkajs';
import { events } from '#contracts';
import type { EventClass, OwnTopic, Publisher } from '#contracts';
import { config } from '#platform';

/** Fixed for a topic's life: the order within a key depends on it. */
export const partitionCount = 6;

/** The topic of one publisher's events. Never compacted. */
export function topicOf(publisher: Publisher): string {
  return `${config().prefix}.${publisher}`;
}

/** The topic of events that not everybody who reads their publisher reads. */
export function ownTopic(name: OwnTopic): string {
  return `${config().prefix}.${name}`;
}

/** All topics on which a service publishes events. */
export function topicsOf(publisher: Publisher): string[] {
  const own = (events as readonly EventClass[]).flatMap(({ contract }) =>
    contract.topic && contract.publishers.includes(publisher) ? [ownTopic(contract.topic)] : [],
  );
  return [topicOf(publisher), ...new Set(own)];
}

/** The compacted topic of wrapped keys, one record an input; a tombstone erases. */
export function keyTopic(): string {
  return `${config().prefix}.keys`;
}

/** Requests to a publisher to send a key's events again. */
export function republishTopic(): string {
  return `${config().prefix}.republish`;
}

const ninetyDays = String(90 * 24 * 3_600_000);
const oneDay = String(24 * 3_600_000);

/** An erased key leaves the broker's disks within days, however little is written after its tombstone. */
const keyTopicSettings = [
  { name: 'cleanup.policy', value: 'compact' },
  { name: 'max.compaction.lag.ms', value: oneDay },
  { name: 'segment.ms', value: oneDay },
];

/**
 * Creates what is missing and checks the rest.
 * @throws Error that says what to do when Kafka does not answer or a topic has another number of partitions.
 */
export async function ensureTopics(kafka: Kafka, topics: string[]): Promise<void> {
  const admin = kafka.admin();
  try {
    await admin.connect();
  } catch (error) {
    throw new Error(
      `Kafka does not answer at ${config().kafka.join(',')}: start it, or set HEARBACK_KAFKA (${(error as Error).message})`,
      { cause: error },
    );
  }
  try {
    const partitions = await createdAndLed(admin, topics);
    for (const [name, count] of partitions) {
      if (count !== partitionCount) {
        throw new Error(
          `topic ${name} has ${count} partitions and must have ${partitionCount}: events of one input would lose their order. Restore the topic, or start with another HEARBACK_PREFIX`,
        );
      }
    }
  } finally {
    await admin.disconnect();
  }
}

const patienceMs = 30_000;

/**
 * All services start at once and create the same topics, and a new topic is listed before it has leaders: until all
 * of them are there and led, look again. @returns each topic's number of partitions.
 */
async function createdAndLed(admin: Admin, topics: string[]): Promise<Map<string, number>> {
  const until = Date.now() + patienceMs;
  for (;;) {
    try {
      const there = new Set(await admin.listTopics());
      await create(
        admin,
        topics.filter((topic) => !there.has(topic)),
      );
      const { topics: found } = await admin.fetchTopicMetadata({ topics });
      const led = found.filter(
        ({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0),
      );
      if (led.length === topics.length)
        return new Map(led.map(({ name, partitions }) => [name, partitions.length]));
    } catch (error) {
      if (Date.now() > until) throw error;
    }
    if (Date.now() > until)
      throw new Error('Kafka did not give every topic a leader within 30 s: see the log of the broker');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function create(admin: Admin, missing: string[]): Promise<void> {
  if (missing.length === 0) return;
  await admin.createTopics({
    topics: missing.map((topic) => ({
      topic,
      numPartitions: partitionCount,
      configEntries: topic === keyTopic() ? keyTopicSettings : [{ name: 'retention.ms', value: ninetyDays }],
    })),
  });
}

import type { Admin, Kafka } from 'kafkajs';
import type { Publisher } from '#contracts';
import { config } from '#platform';

/** Fixed for a topic's life: the order within a key depends on it. */
export const partitionCount = 6;

/** The topic of one publisher's events. Never compacted. */
export function topicOf(publisher: Publisher): string {
  return `${config().prefix}.${publisher}`;
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
    await createMissing(admin, topics);
    const { topics: found } = await admin.fetchTopicMetadata({ topics });
    for (const { name, partitions } of found) {
      if (partitions.length !== partitionCount) {
        throw new Error(
          `topic ${name} has ${partitions.length} partitions and must have ${partitionCount}: events of one input would lose their order. Restore the topic, or start with another HEARBACK_PREFIX`,
        );
      }
    }
  } finally {
    await admin.disconnect();
  }
}

async function createMissing(admin: Admin, topics: string[]): Promise<void> {
  const there = new Set(await admin.listTopics());
  const missing = topics.filter((topic) => !there.has(topic));
  if (missing.length === 0) return;
  try {
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map((topic) => ({
        topic,
        numPartitions: partitionCount,
        configEntries: [
          topic === keyTopic()
            ? { name: 'cleanup.policy', value: 'compact' }
            : { name: 'retention.ms', value: ninetyDays },
        ],
      })),
    });
  } catch (error) {
    // Several services start at once; whoever was first has made it.
    const now = new Set(await admin.listTopics());
    if (!missing.every((topic) => now.has(topic))) throw error;
  }
}

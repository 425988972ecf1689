import type { Kafka } from 'kafkajs';

/** Partition numbers by topic, as a group's leader assigned them to this member. */
export type Assignment = Record<string, number[]>;

/**
 * Tells whether Kafka has events of our partitions that we do not take, by what the group has committed: the one sign
 * of a stall that the stalled side cannot hide.
 */
export class LagWatch {
  private last = new Map<string, bigint>();
  private readonly standingSince = new Map<string, number>();

  constructor(
    private readonly kafka: Kafka,
    private readonly groupId: string,
  ) {}

  /** @returns since when (epoch ms) some partition has lagged without moving. @throws when Kafka does not answer. */
  async look(assignment: Assignment, now: number): Promise<number | undefined> {
    const admin = this.kafka.admin({ retry: { retries: 1 } });
    await admin.connect();
    try {
      const topics = Object.keys(assignment);
      const committed = await admin.fetchOffsets({ groupId: this.groupId, topics });
      const places = new Map(
        committed.flatMap(({ topic, partitions }) =>
          partitions.map(({ partition, offset }) => [`${topic}/${partition}`, BigInt(offset)] as const),
        ),
      );
      for (const topic of topics) {
        const ends = await admin.fetchTopicOffsets(topic);
        for (const { partition, low, high } of ends) {
          if (assignment[topic]!.includes(partition))
            this.note(`${topic}/${partition}`, places, BigInt(low), BigInt(high), now);
        }
      }
      this.last = places;
      return [...this.standingSince.values()].sort((a, b) => a - b)[0];
    } finally {
      await admin.disconnect();
    }
  }

  /** Partitions went elsewhere or came anew: what was seen before says nothing. */
  forget(): void {
    this.last.clear();
    this.standingSince.clear();
  }

  private note(place: string, committed: Map<string, bigint>, low: bigint, high: bigint, now: number): void {
    const at = committed.get(place) ?? -1n;
    const lags = high > low && at < high;
    const moved = this.last.get(place) !== at;
    if (!lags || moved) this.standingSince.delete(place);
    if (lags && !this.standingSince.has(place)) this.standingSince.set(place, now);
  }
}

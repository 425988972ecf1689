import type { Admin, Kafka } from 'kafkajs';

/** An offset for each `topic/partition`. */
export type Places = Map<string, bigint>;

/** Where topics begin and end, and how far consumer groups have come in them. */
export class Offsets {
  private readonly admin: Admin;

  constructor(
    kafka: Kafka,
    private readonly topics: string[],
  ) {
    this.admin = kafka.admin();
  }

  connect(): Promise<void> {
    return this.admin.connect();
  }

  disconnect(): Promise<void> {
    return this.admin.disconnect();
  }

  /** The offset after the last message, for each place that holds any. */
  async ends(): Promise<Places> {
    const ends: Places = new Map();
    for (const topic of this.topics) {
      for (const { partition, high, low } of await this.admin.fetchTopicOffsets(topic))
        if (BigInt(high) > BigInt(low)) ends.set(`${topic}/${partition}`, BigInt(high));
    }
    return ends;
  }

  /** The topics whose first messages are gone: past their retention, or deleted. */
  async beheaded(): Promise<string[]> {
    const found: string[] = [];
    for (const topic of this.topics) {
      const places = await this.admin.fetchTopicOffsets(topic);
      if (places.some(({ low }) => BigInt(low) > 0n)) found.push(topic);
    }
    return found;
  }

  /** What a group has committed; nothing for a place that it has never read. */
  async committed(groupId: string): Promise<Places> {
    const places: Places = new Map();
    for (const { topic, partitions } of await this.admin.fetchOffsets({ groupId, topics: this.topics })) {
      for (const { partition, offset } of partitions)
        if (BigInt(offset) >= 0n) places.set(`${topic}/${partition}`, BigInt(offset));
    }
    return places;
  }

  /** Nobody may be in it. */
  async deleteGroup(groupId: string): Promise<void> {
    await this.admin.deleteGroups([groupId]);
  }
}

/** How many messages lie between where someone is and the ends. */
export function messagesLeft(ends: Places, at: Places): number {
  let left = 0n;
  for (const [place, end] of ends) {
    const here = at.get(place) ?? 0n;
    if (end > here) left += end - here;
  }
  return Number(left);
}

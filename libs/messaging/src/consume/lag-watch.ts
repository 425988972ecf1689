import type { Admin, Kafka } from 'kafkajs';

/** Partition numbers by topic, as a group's leader assigned them to this member. */
export type Assignment = Record<string, number[]>;

/**
 * Tells whether Kafka has events of our partitions that we do not take, by what the group has committed: the one sign
 * of a stall that the stalled side cannot hide. What was taken and could not be committed is no stall.
 */
export class LagWatch {
  /** Where a partition that lags was committed, and since when it has been seen there. */
  private readonly standing = new Map<string, { at: bigint; since: number }>();
  /** Connected by the first look and after a look that failed: to connect costs more than to ask. */
  private admin: Admin | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly groupId: string,
  ) {}

  /**
   * One look says nothing: under load there is always something that came since the last commit. Two in the same place
   * do. @param taken the offset after the last event that was taken, by `topic/partition`, where any was.
   * @returns since when (epoch ms) some partition has lagged without moving. @throws when Kafka does not answer.
   */
  async look(
    assignment: Assignment,
    taken: ReadonlyMap<string, bigint>,
    now: number,
  ): Promise<number | undefined> {
    try {
      return await this.lookAt(await this.connected(), assignment, taken, now);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const { admin } = this;
    this.admin = undefined;
    await admin?.disconnect().catch(() => undefined);
  }

  private async connected(): Promise<Admin> {
    if (this.admin) return this.admin;
    const admin = (this.admin = this.kafka.admin({ retry: { retries: 1 } }));
    await admin.connect();
    return admin;
  }

  private async lookAt(
    admin: Admin,
    assignment: Assignment,
    taken: ReadonlyMap<string, bigint>,
    now: number,
  ): Promise<number | undefined> {
    const topics = Object.keys(assignment);
    const offsets = await admin.fetchOffsets({ groupId: this.groupId, topics });
    const places = new Map(
      offsets.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset }) => [`${topic}/${partition}`, BigInt(offset)] as const),
      ),
    );
    const since: number[] = [];
    for (const topic of topics) {
      const ends = await admin.fetchTopicOffsets(topic);
      for (const { partition, low, high } of ends) {
        if (!assignment[topic]!.includes(partition)) continue;
        const place = `${topic}/${partition}` as const;
        const committed = places.get(place) ?? -1n;
        const here = taken.get(place) ?? -1n;
        const at = here > committed ? here : committed;
        const lags = BigInt(high) > BigInt(low) && at < BigInt(high);
        const seen = this.standing.get(place);
        if (!lags) this.standing.delete(place);
        else if (seen?.at === at) since.push(seen.since);
        else this.standing.set(place, { at, since: now });
      }
    }
    return since.sort((a, b) => a - b)[0];
  }

  /** Partitions went elsewhere or came anew: what was seen before says nothing. */
  forget(): void {
    this.standing.clear();
  }
}

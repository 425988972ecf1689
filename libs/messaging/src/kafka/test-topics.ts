import { randomUUID } from 'node:crypto';
import { AssignerProtocol } from 'kafkajs';
import type { Admin, IHeaders, Producer } from 'kafkajs';
import { eventClass } from '#contracts';
import type { HearbackEvent, Publisher } from '#contracts';
import { config } from '#platform';
import type { District } from '#platform';
import { messageKey, toMessage } from '../publish/wire.js';
import { validateEvent } from '../publish/validate.js';
import { kafkaClient } from './kafka.js';
import { ensureTopics, republishTopic, topicOf } from './topics.js';

/** A message as it lies on a topic. */
export interface RawMessage {
  topic: string;
  key: string;
  value: string | null;
  headers: Record<string, string>;
}

/** Plays a publisher in tests of a single service: real messages on the real topics. kafkajs stays behind this library. */
export class TestTopics {
  private producer: Producer | undefined;
  private connecting: Promise<void> | undefined;
  private readonly there = new Map<string, Promise<void>>();
  private readonly seqs = new Map<string, number>();

  /** Publishes with the next seq of the event's key, or with the one given (a gap, a repeat). */
  async publish(publisher: Publisher, district: District, event: HearbackEvent, seq?: number): Promise<void> {
    const known = eventClass(event.type)!;
    validateEvent(known, event, true);
    const { type, ...data } = event as unknown as { type: string } & Record<string, unknown>;
    const key = String(data[known.contract.key]);
    const line = `${publisher}/${district}/${key}`;
    const next = seq ?? (this.seqs.get(line) ?? 0) + 1;
    this.seqs.set(line, Math.max(next, this.seqs.get(line) ?? 0));
    const message = toMessage(publisher, district, {
      n: next,
      type,
      key,
      seq: next,
      time: new Date().toISOString(),
      data,
    });
    await (
      await this.connected(publisher)
    ).send({ topic: topicOf(publisher), messages: [message], acks: -1 });
  }

  /** Sends bytes as they are. */
  async publishRaw(
    publisher: Publisher,
    key: string,
    value: string | Buffer,
    headers: Record<string, string> = {},
  ): Promise<void> {
    const messages = [{ key: messageKey('moon', key), value, headers }];
    await (await this.connected(publisher)).send({ topic: topicOf(publisher), messages, acks: -1 });
  }

  /** A record on the topic of requests, whatever it says. */
  async request(value: string): Promise<void> {
    const producer = await this.connected('roster');
    await producer.send({ topic: republishTopic(), messages: [{ key: 'test', value }], acks: -1 });
  }

  /** Every message on every topic of this installation (the keys' and the requests' as well), as bytes left it. */
  async readAll(): Promise<RawMessage[]> {
    const kafka = kafkaClient('test');
    const admin = kafka.admin();
    await admin.connect();
    const topics = (await admin.listTopics()).filter((name) => name.startsWith(`${config().prefix}.`));
    const left = new Set<string>();
    const ends = new Map<string, bigint>();
    for (const topic of topics) {
      for (const { partition, high, low } of await admin.fetchTopicOffsets(topic)) {
        ends.set(`${topic}/${partition}`, BigInt(high));
        if (BigInt(high) > BigInt(low)) left.add(`${topic}/${partition}`);
      }
    }
    const found: RawMessage[] = [];
    const groupId = `${config().prefix}.read-${randomUUID()}`;
    const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 200 });
    await consumer.connect();
    await consumer.subscribe({ topics, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      if (left.size === 0) resolve();
      consumer
        .run({
          autoCommit: false,
          eachMessage: async ({ topic, partition, message }) => {
            const place = `${topic}/${partition}`;
            const end = ends.get(place)!;
            if (BigInt(message.offset) < end) {
              const { key, value, headers } = message;
              found.push({
                topic,
                key: key?.toString() ?? '',
                value: value?.toString() ?? null,
                headers: texts(headers),
              });
            }
            if (BigInt(message.offset) + 1n >= end) left.delete(place);
            if (left.size === 0) resolve();
          },
        })
        .catch(reject);
    });
    await consumer.disconnect();
    await admin.deleteGroups([groupId]).catch(() => undefined);
    await admin.disconnect();
    return found;
  }

  /** Deletes a service's consumer group with all its offsets; nobody may be in it. */
  async deleteGroup(service: string): Promise<void> {
    await asAdmin((admin) => admin.deleteGroups([`${config().prefix}.${service}`]));
  }

  /** Deletes everything that lies on a publisher's topic, as when its retention is past. */
  async empty(publisher: Publisher): Promise<void> {
    const topic = topicOf(publisher);
    await asAdmin(async (admin) => {
      const ends = await admin.fetchTopicOffsets(topic);
      const partitions = ends.map(({ partition, high }) => ({ partition, offset: high }));
      await admin.deleteTopicRecords({ topic, partitions });
    });
  }

  /** How far a service's consumer group has committed, by `topic/partition`. */
  async committed(service: string): Promise<Map<string, bigint>> {
    const groupId = `${config().prefix}.${service}`;
    const offsets = await asAdmin((admin) => admin.fetchOffsets({ groupId }));
    return new Map(
      offsets.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset }): [string, bigint] => [
          `${topic}/${partition}`,
          BigInt(offset),
        ]),
      ),
    );
  }

  /**
   * Who is in a service's consumer group as Kafka sees it, dead or alive: how many partitions each has, by member id; 0
   * while they are shared out anew.
   */
  async members(service: string): Promise<Map<string, number>> {
    const { groups } = await asAdmin((admin) => admin.describeGroups([`${config().prefix}.${service}`]));
    return new Map(
      groups.flatMap(({ members }) =>
        members.map(({ memberId, memberAssignment }): [string, number] => {
          if (memberAssignment.length === 0) return [memberId, 0];
          const { assignment } = AssignerProtocol.MemberAssignment.decode(memberAssignment)!;
          return [memberId, Object.values(assignment).flat().length];
        }),
      ),
    );
  }

  /** Deletes every topic of this installation, so that a broker that serves many tests does not fill up. */
  async deleteAll(): Promise<void> {
    await asAdmin(async (admin) => {
      const topics = (await admin.listTopics()).filter((name) => name.startsWith(`${config().prefix}.`));
      if (topics.length > 0) await admin.deleteTopics({ topics });
    });
  }

  async close(): Promise<void> {
    await this.producer?.disconnect();
  }

  /** Connects once, and looks for a topic once, however many publish together. */
  private async connected(publisher: Publisher): Promise<Producer> {
    const topic = topicOf(publisher);
    if (!this.there.has(topic)) this.there.set(topic, ensureTopics(kafkaClient('test'), [topic]));
    await this.there.get(topic);
    if (!this.producer) {
      this.producer = kafkaClient('test').producer({ allowAutoTopicCreation: false });
      this.connecting = this.producer.connect();
    }
    await this.connecting;
    return this.producer;
  }
}

async function asAdmin<T>(act: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafkaClient('test').admin();
  await admin.connect();
  try {
    return await act(admin);
  } finally {
    await admin.disconnect();
  }
}

function texts(headers: IHeaders | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]));
}

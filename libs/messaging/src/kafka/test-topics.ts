import type { Producer } from 'kafkajs';
import { eventClass } from '#contracts';
import type { HearbackEvent, Publisher } from '#contracts';
import type { District } from '#platform';
import { messageKey, toMessage } from '../publish/wire.js';
import { validateEvent } from '../publish/validate.js';
import { kafkaClient } from './kafka.js';
import { ensureTopics, topicOf } from './topics.js';

/** Plays a publisher in tests of a single service: real messages on the real topics. kafkajs stays behind this library. */
export class TestTopics {
  private producer: Producer | undefined;
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

  async close(): Promise<void> {
    await this.producer?.disconnect();
  }

  private async connected(publisher: Publisher): Promise<Producer> {
    const kafka = kafkaClient('test');
    await ensureTopics(kafka, [topicOf(publisher)]);
    if (!this.producer) {
      this.producer = kafka.producer({ allowAutoTopicCreation: false });
      await this.producer.connect();
    }
    return this.producer;
  }
}

import { Logger } from '@nestjs/common';
import type { Kafka, Producer } from 'kafkajs';
import { republishTopic } from '../kafka/topics.js';
import { isInfrastructureFailure } from '#platform';
import type { Leases } from '#platform';
import type { Batch } from './batch.js';
import type { ParkedEvent } from './parked-event.js';
import type { ParkedEvents } from './parked.js';

/** Tries parked events again when their time has come, and asks publishers for events that never came. */
export class ParkedRetries {
  private readonly logger = new Logger('parked');
  private readonly producer: Producer;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private connected = false;

  constructor(
    kafka: Kafka,
    private readonly parked: ParkedEvents,
    private readonly batch: Batch,
    private readonly leases: Leases,
  ) {
    this.producer = kafka.producer({ allowAutoTopicCreation: false });
  }

  start(): void {
    this.timer = setInterval(() => {
      this.running ??= this.once()
        .catch((error: unknown) =>
          this.logger.warn({ msg: `retries failed, tried again in 2 s: ${(error as Error).message}` }),
        )
        .finally(() => (this.running = undefined));
    }, 2_000);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
    if (this.connected) await this.producer.disconnect();
  }

  /** Applies what waits under one key now. @returns how many events still wait. */
  async drain(holdKey: string): Promise<number> {
    const entries = (await this.parked.under([holdKey])).get(holdKey) ?? [];
    return this.batch.drain(holdKey, entries);
  }

  /** Reads unreadable bytes again with this build. @returns how many still wait: 1, or 0 when they are an event. */
  async reread(entry: ParkedEvent): Promise<number> {
    const reason = await this.batch.reread(entry);
    if (reason === undefined) return 0;
    await this.parked.stillUnreadable(entry._id, reason);
    return 1;
  }

  private async once(): Promise<void> {
    if (!(await this.parked.anyWaits()) || !(await this.leases.hold('parked', 5_000))) return;
    for (const holdKey of await this.parked.dueKeys(50)) await this.try(holdKey);
    await this.askAgain(await this.parked.oldGaps(100));
  }

  /** What goes wrong with one key keeps no other from its turn. */
  private async try(holdKey: string): Promise<void> {
    try {
      await this.drain(holdKey);
    } catch (error) {
      if (isInfrastructureFailure(error)) throw error;
      const { message, stack } = error as Error;
      this.logger.error({ msg: `${holdKey} is tried again later: ${message}`, stack });
      await this.parked.postpone(holdKey);
    }
  }

  /** Asks the publisher of each gap to send that key's events again. */
  private async askAgain(gaps: ParkedEvent[]): Promise<void> {
    if (gaps.length === 0) return;
    if (!this.connected) {
      await this.producer.connect();
      this.connected = true;
    }
    const asks = new Map(gaps.map((gap) => [`${gap.publisher}/${gap.holdKey}`, gap]));
    this.logger.warn({
      msg: `${asks.size} gaps are older than a minute; asking their publishers to send again`,
    });
    await this.producer.send({
      topic: republishTopic(),
      acks: -1,
      messages: [...asks.values()].map(({ publisher, district, key }) => ({
        key: `${district}/${key}`,
        value: JSON.stringify({ publisher, district, key }),
      })),
    });
  }
}

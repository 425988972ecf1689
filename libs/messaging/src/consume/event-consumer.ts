import { Logger } from '@nestjs/common';
import type { Consumer as KafkaConsumer, EachBatchPayload, Kafka } from 'kafkajs';
import { config, isInfrastructureFailure } from '#platform';
import { crashPoint } from '../crash-point.js';
import { partitionCount } from '../kafka/topics.js';
import type { Batch, Fetched } from './batch.js';

interface Waiting {
  fetched: Fetched[];
  resolve(): void;
  reject(error: unknown): void;
}

/** How long a consumer may stand still before its process ends, for the supervisor to start a new one. */
const patienceMs = 60_000;

/**
 * The run loop: as many workers as partitions, so that one fetch arrives together; what they bring is taken in one
 * batch, one in flight. Offsets are committed by us, every half second, after the effects are durable.
 */
export class EventConsumer {
  private readonly logger = new Logger('consumer');
  private readonly consumer: KafkaConsumer;
  private waiting: Waiting[] = [];
  private running = false;
  private stopping = false;
  private readonly offsets = new Map<string, { topic: string; partition: number; offset: string }>();
  private committer: NodeJS.Timeout | undefined;
  private joined = false;
  private troubledSince: number | undefined;
  private reason = 'the consumer has not joined its group yet';
  private lastFetchAt = Date.now();
  private watchdog: NodeJS.Timeout | undefined;

  constructor(
    kafka: Kafka,
    service: string,
    private readonly topics: string[],
    private readonly batch: Batch,
    private readonly other: (topic: string, fetched: Fetched[]) => Promise<boolean>,
    private readonly died: (reason: string) => void,
  ) {
    const { prefix, sessionMs } = config();
    this.consumer = kafka.consumer({
      groupId: `${prefix}.${service}`,
      sessionTimeout: sessionMs,
      heartbeatInterval: Math.min(3_000, Math.floor(sessionMs / 3)),
      rebalanceTimeout: 20_000,
      // Bounds how long stopping waits for a fetch that brings nothing.
      maxWaitTimeInMs: 2_500,
      maxBytesPerPartition: 1_048_576,
      retry: {
        retries: 10,
        initialRetryTime: 200,
        maxRetryTime: 5_000,
        restartOnFailure: () => Promise.resolve(true),
      },
    });
  }

  /** Joins the group and starts reading; from the beginning where there is no offset. */
  async start(): Promise<void> {
    this.consumer.on('consumer.group_join', () => {
      this.joined = true;
      this.troubledSince = undefined;
      // Partitions may have moved: whoever has them now commits for them.
      this.offsets.clear();
    });
    this.consumer.on('consumer.crash', ({ payload }) => {
      this.joined = false;
      this.reason = `the consumer crashed: ${payload.error.message}`;
      // Retries that ran out are Kafka being down: kafkajs goes on trying, and commands are taken meanwhile.
      if (!payload.restart) this.died(this.reason);
    });
    this.consumer.on('consumer.disconnect', () => {
      this.joined = false;
      if (!this.stopping) this.reason = 'the consumer lost Kafka';
    });
    this.consumer.on('consumer.fetch', () => (this.lastFetchAt = Date.now()));
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: this.topics, fromBeginning: true });
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: this.topics.length * partitionCount,
      eachBatch: (payload) => this.eachBatch(payload),
    });
    this.committer = setInterval(() => void this.commit(), 500);
    this.watchdog = setInterval(() => this.checkAlive(), 5_000);
  }

  /** In one line, what is wrong; undefined when it reads and writes. */
  trouble(): string | undefined {
    if (!this.joined) return this.reason;
    return this.troubledSince ? this.reason : undefined;
  }

  /** Finishes the batch in hand, commits, leaves the group. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.committer);
    clearInterval(this.watchdog);
    await this.consumer.stop();
    await this.commit();
    await this.consumer.disconnect();
  }

  /** A consumer that stopped is dead: kafkajs is known to stall with the process alive, and a database may stay lost. */
  private checkAlive(): void {
    const idleMs = Date.now() - this.lastFetchAt;
    const troubledMs = this.troubledSince === undefined ? 0 : Date.now() - this.troubledSince;
    if (troubledMs > patienceMs) this.died(this.reason);
    else if (this.joined && !this.running && idleMs > patienceMs)
      this.died(`the consumer has fetched nothing for ${idleMs} ms`);
  }

  private async eachBatch({
    batch,
    resolveOffset,
    heartbeat,
    isRunning,
    isStale,
  }: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = batch;
    const fetched = messages.map((message) => ({ topic, partition, message }));
    const beat = setInterval(() => void heartbeat().catch(() => undefined), 1_000);
    try {
      await new Promise<void>((resolve, reject) => {
        this.waiting.push({ fetched, resolve, reject });
        if (!this.running) setImmediate(() => void this.takeAll());
      });
    } finally {
      clearInterval(beat);
    }
    if (isStale()) return;
    resolveOffset(batch.lastOffset());
    this.offsets.set(`${topic}/${partition}`, {
      topic,
      partition,
      offset: String(BigInt(batch.lastOffset()) + 1n),
    });
    if (isRunning()) await heartbeat();
  }

  /** Takes all that waits as one batch; again while more came meanwhile. */
  private async takeAll(): Promise<void> {
    if (this.running) return;
    this.running = true;
    while (this.waiting.length > 0) {
      const taken = this.waiting;
      this.waiting = [];
      try {
        await this.takeUntilWritten(taken.flatMap((one) => one.fetched));
        for (const one of taken) one.resolve();
      } catch (error) {
        for (const one of taken) one.reject(error);
      }
    }
    this.running = false;
  }

  /** Failing infrastructure never parks: the batch waits, unhealthy, until the database is back or we stop. */
  private async takeUntilWritten(fetched: Fetched[]): Promise<void> {
    for (let wait = 100; ; wait = Math.min(wait * 2, 5_000)) {
      try {
        const events: Fetched[] = [];
        for (const [topic, ofTopic] of Map.groupBy(fetched, (one) => one.topic)) {
          if (!(await this.other(topic, ofTopic))) events.push(...ofTopic);
        }
        await this.batch.take(events);
        this.troubledSince = undefined;
        return;
      } catch (error) {
        if (this.stopping) throw error;
        this.troubledSince ??= Date.now();
        this.reason = `effects cannot be written: ${(error as Error).message}`;
        const kind = isInfrastructureFailure(error) ? 'database lost' : 'unforeseen';
        this.logger.error({
          msg: `${kind}, batch of ${fetched.length} is done again in ${wait} ms: ${(error as Error).message}`,
          ...(kind === 'unforeseen' && { stack: (error as Error).stack }),
        });
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  private async commit(): Promise<void> {
    if (this.offsets.size === 0) return;
    const offsets = [...this.offsets.values()];
    this.offsets.clear();
    crashPoint('before offset commit');
    try {
      await this.consumer.commitOffsets(offsets);
      crashPoint('after offset commit');
    } catch (error) {
      // A rebalance is under way: the next owner reads these events again and skips them by their numbers.
      this.logger.debug({ msg: `offsets not committed: ${(error as Error).message}` });
    }
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Consumer as KafkaConsumer, EachBatchPayload, Kafka, TopicPartitionOffset } from 'kafkajs';
import { config, isInfrastructureFailure } from '#platform';
import { crashPoint } from '../crash-point.js';
import { keyTopic, partitionCount, republishTopic } from '../kafka/topics.js';
import { allEnded } from './all-ended.js';
import type { Batch, Fetched } from './batch.js';
import { LagWatch } from './lag-watch.js';
import type { Assignment } from './lag-watch.js';
import { judge } from './liveness.js';
import type { Signs } from './liveness.js';

interface Waiting {
  fetched: Fetched[];
  /** Kafka had more of this partition than one fetch brings. */
  isBehind: boolean;
  resolve(): void;
  reject(error: unknown): void;
}

/** From the first offset that is to be committed until all are. */
const commitAfterMs = 500;
/** How long leaving the group may take; a broker that is gone would be asked for minutes. */
const leavingMs = 4_000;
/** How long the last offsets may take of that; whoever comes next reads again what is not committed. */
const lastCommitMs = 1_000;
/**
 * The next fetch begins some time after the last batch began; each event above some number puts it off further. Fewer and
 * larger batches are cheaper for everybody, and what two publishers tell of one thing is then one write. At 150 inputs a
 * second the pause is made up for by what need not queue; at a thousand events a second batches grow as large as they
 * may. Whoever is behind does not wait.
 */
const batches = { freeEvents: 20, msPerEvent: 1, atMostMs: 250 };

/**
 * The run loop: as many workers as partitions, so that one fetch arrives together; what they bring is taken in one
 * batch, one in flight. Offsets are committed by us, within half a second, after the effects are durable.
 */
export class EventConsumer {
  private readonly logger = new Logger('consumer');
  private readonly consumer: KafkaConsumer;
  private waiting: Waiting[] = [];
  private running = false;
  private stopping = false;
  /** What was taken and is not committed yet, by partition. */
  private readonly offsets = new Map<string, TopicPartitionOffset>();
  /** How far each partition was taken since the group was joined. */
  private readonly taken = new Map<string, bigint>();
  private committer: NodeJS.Timeout | undefined;
  private committing: Promise<void> | undefined;
  private readonly signs: Signs = {
    outside: { since: Date.now(), reason: 'the consumer has not joined its group yet' },
    lastFetchAt: Date.now(),
    kafkaSince: Date.now(),
  };
  private readonly lag: LagWatch;
  private assignment: Assignment = {};
  private watchdogs: NodeJS.Timeout[] = [];

  constructor(
    kafka: Kafka,
    service: string,
    private readonly topics: string[],
    private readonly batch: Pick<Batch, 'take'>,
    private readonly other: (topic: string, fetched: Fetched[]) => Promise<boolean>,
    private readonly died: (reason: string) => void,
    private readonly gatherMs = 28,
  ) {
    const { prefix, sessionMs } = config();
    const groupId = `${prefix}.${service}`;
    this.lag = new LagWatch(kafka, groupId);
    this.consumer = kafka.consumer({
      groupId,
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
    this.consumer.on('consumer.group_join', ({ payload }) => {
      delete this.signs.outside;
      this.signs.lastFetchAt = Date.now();
      this.assignment = payload.memberAssignment ?? {};
      this.lag.forget();
      delete this.signs.laggingSince;
      // Partitions may have moved: whoever has them now commits for them.
      this.offsets.clear();
      this.taken.clear();
    });
    this.consumer.on('consumer.crash', ({ payload }) => {
      const reason = `the consumer crashed: ${payload.error.message}`;
      this.left(reason);
      // Retries that ran out are Kafka being down: kafkajs goes on trying, and commands are taken meanwhile.
      if (!payload.restart) this.died(reason);
    });
    this.consumer.on('consumer.disconnect', () => {
      if (!this.stopping) this.left('the consumer lost Kafka');
    });
    this.consumer.on('consumer.fetch', () => (this.signs.lastFetchAt = Date.now()));
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: this.topics, fromBeginning: true });
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: this.topics.length * partitionCount,
      eachBatch: (payload) => this.eachBatch(payload),
    });
    const { patienceMs } = config();
    this.watchdogs = [
      setInterval(() => this.checkAlive(), patienceMs / 12),
      // Twice in the quarter of it after which a consumer that stands is not ready.
      setInterval(() => void this.lookForLag(), patienceMs / 8),
    ];
  }

  /** In one line, what is wrong; undefined when it reads and writes. */
  trouble(): string | undefined {
    return judge(this.signs, Date.now(), config().patienceMs).trouble;
  }

  /** Finishes the batch in hand, commits, leaves the group; a broker that does not answer is not waited for. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.committer);
    for (const watchdog of this.watchdogs) clearInterval(watchdog);
    const leave = async (): Promise<void> => {
      // Before it stops: kafkajs commits nothing after that. A batch in hand commits for itself.
      await Promise.race([this.commit(), pause(lastCommitMs, undefined, { ref: false })]);
      await this.consumer.stop();
      await Promise.all([this.consumer.disconnect(), this.lag.close()]);
    };
    const late = new Promise((resolve) => setTimeout(resolve, leavingMs).unref());
    await Promise.race([leave(), late]);
  }

  private left(reason: string): void {
    this.signs.outside ??= { since: Date.now(), reason };
    this.signs.outside.reason = reason;
  }

  private checkAlive(): void {
    const { trouble, dead } = judge(this.signs, Date.now(), config().patienceMs);
    if (dead) this.died(trouble!);
  }

  private async lookForLag(): Promise<void> {
    try {
      const since = await this.lag.look(this.assignment, this.taken, Date.now());
      this.signs.kafkaSince ??= Date.now();
      if (since === undefined) delete this.signs.laggingSince;
      else this.signs.laggingSince = since;
    } catch {
      // Told by the producer's and the consumer's own signs; while Kafka is down, standing still is right.
      delete this.signs.kafkaSince;
      delete this.signs.laggingSince;
      this.lag.forget();
    }
  }

  private async eachBatch({
    batch,
    resolveOffset,
    heartbeat,
    commitOffsetsIfNecessary,
    isRunning,
    isStale,
  }: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = batch;
    const fetched = messages.map((message) => ({ topic, partition, message }));
    const beat = setInterval(() => void heartbeat().catch(() => undefined), 1_000);
    try {
      await new Promise<void>((resolve, reject) => {
        this.waiting.push({ fetched, isBehind: Number(batch.offsetLag()) > 0, resolve, reject });
        if (!this.running) setImmediate(() => void this.takeAll());
      });
    } finally {
      clearInterval(beat);
    }
    if (isStale()) return;
    resolveOffset(batch.lastOffset());
    const next = BigInt(batch.lastOffset()) + 1n;
    const offset = String(next);
    this.taken.set(`${topic}/${partition}`, next);
    if (this.stopping) {
      await commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] });
      return;
    }
    this.offsets.set(`${topic}/${partition}`, { topic, partition, offset });
    this.commitLater();
    if (isRunning()) await heartbeat();
  }

  /** Takes all that waits as one batch; again while more came meanwhile. */
  private async takeAll(): Promise<void> {
    if (this.running) return;
    this.running = true;
    while (this.waiting.length > 0) {
      const taken = this.waiting;
      this.waiting = [];
      const began = Date.now();
      this.signs.batchSince = began;
      const fetched = taken.flatMap((one) => one.fetched);
      const isBehind = taken.some((one) => one.isBehind);
      try {
        await this.takeUntilWritten(fetched);
        const early = began + (isBehind ? 0 : this.pauseAfter(fetched)) - Date.now();
        if (early > 0 && !this.stopping) await pause(early);
        for (const one of taken) one.resolve();
      } catch (error) {
        for (const one of taken) one.reject(error);
      }
    }
    delete this.signs.batchSince;
    this.running = false;
  }

  /** Failing infrastructure never parks: the batch waits, unhealthy, until the database is back or we stop. */
  private async takeUntilWritten(fetched: Fetched[]): Promise<void> {
    for (let wait = 100; ; wait = Math.min(wait * 2, 5_000)) {
      try {
        await this.takeOnce(fetched);
        delete this.signs.troubled;
        return;
      } catch (error) {
        if (this.stopping) throw error;
        const reason = `effects cannot be written: ${(error as Error).message}`;
        this.signs.troubled = { since: this.signs.troubled?.since ?? Date.now(), reason };
        const kind = isInfrastructureFailure(error) ? 'database lost' : 'unforeseen';
        this.logger.error({
          msg: `${kind}, batch of ${fetched.length} is done again in ${wait} ms: ${(error as Error).message}`,
          ...(kind === 'unforeseen' && { stack: (error as Error).stack }),
        });
        await pause(wait);
      }
    }
  }

  /**
   * Keys and requests go their own way beside the events: no handler reads them, and each way is a durable write of its
   * own.
   */
  private async takeOnce(fetched: Fetched[]): Promise<void> {
    const beside = [...Map.groupBy(fetched, (one) => one.topic)].filter(([topic]) => !isOfEvents(topic));
    await allEnded<unknown>([
      this.batch.take(fetched.filter(({ topic }) => isOfEvents(topic))),
      ...beside.map(([topic, ofTopic]) => this.other(topic, ofTopic)),
    ]);
  }

  private commitLater(): void {
    if (!this.stopping)
      this.committer ??= setTimeout(() => {
        this.committer = undefined;
        void this.commit();
      }, commitAfterMs);
  }

  /** One at a time: of two under way, the older could be the last that Kafka hears. */
  private async commit(): Promise<void> {
    while (this.committing) await this.committing;
    if (this.offsets.size === 0) return;
    this.committing = this.commitOnce().finally(() => (this.committing = undefined));
    await this.committing;
  }

  private async commitOnce(): Promise<void> {
    const offsets = new Map(this.offsets);
    crashPoint('before offset commit');
    try {
      await this.consumer.commitOffsets([...offsets.values()]);
      crashPoint('after offset commit');
      for (const [place, committed] of offsets)
        if (this.offsets.get(place) === committed) this.offsets.delete(place);
    } catch (error) {
      // After a rebalance the next owner reads these events again and skips them by their numbers; else they stay here.
      this.logger.debug({ msg: `offsets not committed: ${(error as Error).message}` });
      this.commitLater();
    }
  }

  /** From the beginning of a batch to the next fetch, in ms. */
  private pauseAfter(fetched: Fetched[]): number {
    const events = fetched.filter(({ topic }) => isOfEvents(topic)).length;
    const { freeEvents, msPerEvent, atMostMs } = batches;
    return Math.min(this.gatherMs + msPerEvent * Math.max(0, events - freeEvents), atMostMs);
  }
}

function isOfEvents(topic: string): boolean {
  return topic !== keyTopic() && topic !== republishTopic();
}

import { Logger } from '@nestjs/common';
import type { KafkaMessage } from 'kafkajs';
import type { EventClass } from '#contracts';
import type { District } from '#platform';
import { crashPoint } from '../crash-point.js';
import { Unreadable, contractOf, eventId, messageKey, readData, readEnvelope } from '../publish/wire.js';
import { gapReason, parkedBytes, parkedEvent } from './parked-event.js';
import type { ParkedEvent } from './parked-event.js';
import type { ParkedEvents } from './parked.js';
import type { Effects, Incoming, Outcome, Target, Targets } from './effects.js';

/** A message and where it lay. */
export interface Fetched {
  topic: string;
  partition: number;
  message: KafkaMessage;
}

interface Line {
  target: Target;
  district: District;
  key: string;
  events: Incoming[];
}

/**
 * Takes everything a fetch brought, over all topics and partitions, to durable effects: what cannot be read or applied
 * is parked, and the call returns only when all of it is written. Throws only when the database is lost; then the whole
 * batch is done again, and what was written before is recognised by its numbers.
 */
export class Batch {
  private readonly logger = new Logger('consumer');

  constructor(
    private readonly targets: Targets,
    private readonly effects: Effects,
    private readonly parked: ParkedEvents,
    private readonly prepare: (districts: District[]) => Promise<void>,
  ) {}

  async take(fetched: Fetched[]): Promise<void> {
    const park: ParkedEvent[] = [];
    const incoming = fetched.flatMap((one) => this.read(one, park));
    await this.applyLines(this.linesOf(incoming), park);
    await this.park(park);
  }

  /**
   * Reads bytes once more that were parked as unreadable: a later build may know them. @returns why they still cannot
   * be read; undefined when they are an event now, which is applied, or parked like any other.
   */
  async reread(entry: ParkedEvent): Promise<string | undefined> {
    const park: ParkedEvent[] = [];
    const incoming = this.read({ topic: entry.topic, partition: 0, message: messageOf(entry) }, park);
    if (park[0]?.kind === 'unreadable') return park[0].reason;
    crashPoint('before replay');
    await this.applyLines(this.linesOf(incoming), park);
    // Whatever it waits for now, it has waited since then.
    for (const one of park) one.parkedAt = entry.parkedAt;
    await this.park(park);
    crashPoint('after replay');
    await this.parked.remove([entry._id]);
    return undefined;
  }

  /** Applies what is parked under a key, in order, after a wait, a repair, or a person's word. @returns what still waits. */
  async drain(holdKey: string, entries: ParkedEvent[]): Promise<number> {
    const incoming: Incoming[] = [];
    const unknown: ParkedEvent[] = [];
    for (const entry of entries) {
      const read = this.readParked(entry);
      if (read === 'unknown') unknown.push(entry);
      else if (read === 'unwanted') await this.parked.remove([entry._id]);
      else incoming.push(read);
    }
    const lines = this.linesOf(incoming);
    for (const line of lines) line.events.push(...skipped(entries, line.events[0]!));
    await this.prepare([...new Set(lines.map((line) => line.district))]);
    crashPoint('before replay');
    const outcomes = await this.effects.apply(lines.map((line) => ({ ...line, id: line.key })));
    crashPoint('after replay');
    for (const outcome of outcomes) await this.keepWaiting(outcome, entries);
    const gaps = outcomes.flatMap((outcome) => outcome.gaps);
    for (const entry of unknown) {
      const behind = gaps.filter((gap) => isBehind(gap, entry)).map(({ id }) => id);
      await this.parked.failedAgain(entry._id, entry.reason, entry.tries + 1, behind);
    }
    const missing = gaps.filter((gap) => !unknown.some((entry) => isBehind(gap, entry)));
    await this.parked.areGaps(missing.map(({ id }) => id));
    const left = outcomes.reduce(
      (sum, { behind, failed }) => sum + behind.length + (failed ? 1 : 0),
      gaps.length + unknown.length,
    );
    if (left === 0) this.logger.log({ msg: `released ${holdKey}` });
    return left;
  }

  private async applyLines(lines: Line[], park: ParkedEvent[]): Promise<void> {
    if (lines.length > 0) {
      await this.prepare([...new Set(lines.map((line) => line.district))]);
      const held = await this.parked.under([
        ...new Set(lines.map((line) => messageKey(line.district, line.key))),
      ]);
      const works: Line[] = [];
      for (const line of lines) {
        const free = this.heldBack(line, held.get(messageKey(line.district, line.key)) ?? [], park);
        if (free.events.length > 0) works.push(free);
      }
      const outcomes = await this.effects.apply(works.map((line) => ({ ...line, id: line.key })));
      for (const outcome of outcomes) await this.keep(outcome, park);
    }
  }

  private async park(events: ParkedEvent[]): Promise<void> {
    for (const one of events) this.logger.warn({ msg: `parked ${one._id} (${one.kind}): ${one.reason}` });
    await this.parked.park(events);
  }

  /**
   * What of a line may be applied now. Behind a failed event of its key, everything waits; behind a gap alone, what
   * waited joins the line, because the missing event may have come with it.
   */
  private heldBack(line: Line, waiting: ParkedEvent[], park: ParkedEvent[]): Line {
    const discarded = new Set(waiting.filter((one) => one.kind === 'discarded').map((one) => one._id));
    for (const event of line.events) event.discarded = discarded.has(event.id);
    const holding = waiting.filter((one) => one.kind === 'failed' || one.kind === 'behind');
    if (holding.length > 0) {
      const known = new Set(waiting.map((one) => one._id));
      const fresh = line.events.filter((event) => !known.has(event.id));
      park.push(
        ...fresh.map((event) =>
          parkedEvent(
            event.topic,
            event.envelope,
            event.message,
            'behind',
            `waits behind ${holding[0]!._id}`,
          ),
        ),
      );
      return { ...line, events: [] };
    }
    const gaps = waiting
      .filter((one) => one.kind === 'gap')
      .map((one) => this.readParked(one))
      .filter((one) => typeof one !== 'string');
    const ids = new Set(gaps.map((event) => event.id));
    const others = line.events.filter((event) => !ids.has(event.id));
    return { ...line, events: [...others, ...gaps, ...skipped(waiting, line.events[0]!)] };
  }

  private async keep(outcome: Outcome, park: ParkedEvent[]): Promise<void> {
    const add = (event: Incoming, kind: 'failed' | 'behind' | 'gap', reason: string): void => {
      if (!event.parked) park.push(parkedEvent(event.topic, event.envelope, event.message, kind, reason));
    };
    if (outcome.failed) add(outcome.failed.event, 'failed', outcome.failed.reason);
    for (const event of outcome.behind) add(event, 'behind', `waits behind ${outcome.failed!.event.id}`);
    for (const event of outcome.gaps) add(event, 'gap', gapReason);
    await this.keepWaiting(outcome, []);
  }

  /** What was parked before and still waits says for what, now; what was applied waits no more. */
  private async keepWaiting({ failed, behind, applied }: Outcome, entries: ParkedEvent[]): Promise<void> {
    const parked = (events: Incoming[]): string[] =>
      events.filter((event) => event.parked).map((event) => event.id);
    const waiting = parked(behind);
    if (failed && (failed.event.parked || waiting.length > 0)) {
      const { event, reason } = failed;
      await this.parked.failedAgain(event.id, reason, triesOf(entries, event.id) + 1, waiting);
    }
    await this.parked.remove(parked(applied));
  }

  private read({ topic, partition, message }: Fetched, park: ParkedEvent[]): Incoming[] {
    try {
      const envelope = readEnvelope(message);
      const contract = contractOf(envelope);
      if (!contract) {
        if (this.isForOthers(envelope.key, readData(message, envelope.type))) return [];
        // It has a place in its key's order, so what follows it waits until a build that knows it replays it.
        park.push(
          parkedEvent(
            topic,
            envelope,
            message,
            'failed',
            `${envelope.type} v${envelope.version} is not known to this build`,
          ),
        );
        return [];
      }
      const data = readData(message, envelope.type);
      return this.wanted(contract, data)
        ? [
            {
              id: eventId(envelope.publisher, envelope.district, envelope.key, envelope.seq),
              topic,
              envelope,
              contract,
              data,
              message,
              parked: false,
              discarded: false,
            },
          ]
        : [];
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      park.push(parkedBytes(topic, partition, message, error.message));
      return [];
    }
  }

  /** `unknown` while this build does not know its type; `unwanted` when it does, and it is not for this service. */
  private readParked(entry: ParkedEvent): Incoming | 'unknown' | 'unwanted' {
    const message = messageOf(entry);
    const envelope = readEnvelope(message);
    const contract = contractOf(envelope);
    if (!contract) return 'unknown';
    const data = readData(message, envelope.type);
    if (!this.wanted(contract, data)) return 'unwanted';
    return {
      id: entry._id,
      topic: entry.topic,
      envelope,
      contract,
      data,
      message,
      parked: true,
      discarded: entry.kind === 'discarded',
    };
  }

  /** Groups events by the document that they go into. */
  private linesOf(incoming: Incoming[]): Line[] {
    const lines = Map.groupBy(
      incoming,
      ({ contract, envelope }) => `${contract.contract.key}/${envelope.district}/${envelope.key}`,
    );
    return [...lines.values()].map((events) => {
      const { contract, envelope } = events[0]!;
      return {
        target: this.targets[contract.contract.key]!,
        district: envelope.district,
        key: envelope.key,
        events,
      };
    });
  }

  /** A type that this build does not know may still show, by the field that holds its key, that it is not for us. */
  private isForOthers(key: string, data: Record<string, unknown>): boolean {
    const target = Object.entries(this.targets).find(([field]) => data[field] === key)?.[1];
    return target?.only?.(data) === false;
  }

  private wanted(contract: EventClass, data: Record<string, unknown>): boolean {
    const target = this.targets[contract.contract.key];
    return target !== undefined && (target.only?.(data) ?? true);
  }
}

/**
 * Discarded events of types that this build does not know. Nothing tells which document they were meant for, so they
 * are skipped in the one that `next`, an event of the same key, goes into: else nothing after them would ever be next.
 */
function skipped(waiting: ParkedEvent[], next: Incoming): Incoming[] {
  return waiting
    .filter((entry) => entry.kind === 'discarded')
    .map((entry) => ({ entry, envelope: readEnvelope(messageOf(entry)) }))
    .filter(({ envelope }) => !contractOf(envelope))
    .map(({ entry, envelope }) => {
      const [data, message] = [{ type: envelope.type }, messageOf(entry)];
      const { _id: id, topic } = entry;
      return { id, topic, envelope, contract: next.contract, data, message, parked: true, discarded: true };
    });
}

function messageOf(entry: ParkedEvent): KafkaMessage {
  const value = entry.value ? Buffer.from(entry.value.buffer) : null;
  return { value, headers: entry.headers } as unknown as KafkaMessage;
}

/** Whether an event waits for one that this build does not know, rather than for one that has not come. */
function isBehind({ envelope }: Incoming, unknown: ParkedEvent): boolean {
  return envelope.publisher === unknown.publisher && envelope.seq > (unknown.seq ?? Infinity);
}

function triesOf(entries: ParkedEvent[], id: string): number {
  return entries.find((entry) => entry._id === id)?.tries ?? 0;
}

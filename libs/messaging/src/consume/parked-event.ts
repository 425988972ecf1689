import { Binary } from 'mongodb';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import { config } from '#platform';
import type { District } from '#platform';
import { eventId, messageKey } from '../publish/wire.js';
import type { Envelope } from '../publish/wire.js';

/**
 * Why an event waits. `failed`: its handler threw, its document was refused, or this build does not know it. `behind`: it waits behind a failed one of its key. `gap`: an
 * earlier one of its publisher and key has not come. `unreadable`: bytes that are no event; holds nothing.
 * `discarded`: a person decided that it is skipped; kept as the record of who and why.
 */
export type ParkedKind = 'failed' | 'behind' | 'gap' | 'unreadable' | 'discarded';

export interface ParkedEvent {
  _id: string;
  kind: ParkedKind;
  /** `district/key`; absent for unreadable bytes. */
  holdKey?: string;
  /** Absent for unreadable bytes, and for a district that is not served here. */
  district?: District;
  key?: string;
  publisher?: string;
  seq?: number;
  type?: string;
  topic: string;
  reason: string;
  tries: number;
  parkedAt: Date;
  nextTryAt?: Date;
  value: Binary | null;
  headers: Record<string, string | string[]>;
  /** The replay in bulk that tried it last, in vain. */
  replay?: string;
  discarded?: { by: string; why: string; at: Date };
}

const backOffSeconds = [1, 5, 30, 120, 600, 3600];

/** Seconds until a parked event is tried again, by the tries made. */
export function backOff(tries: number): number {
  return backOffSeconds[Math.min(tries, backOffSeconds.length - 1)]!;
}

/** What is said of an event of which an earlier one has not come. */
export const gapReason = 'an earlier event of its publisher and key has not come';

/** How long a gap may stand before its publisher is asked to send again. */
export const gapPatienceMs = 60_000;

const isServed = (district: District): boolean => config().districts.some(({ id }) => id === district);

/** A parked record of a message that was read as an event. */
export function parkedEvent(
  topic: string,
  envelope: Envelope,
  message: Pick<KafkaMessage, 'value' | 'headers'>,
  kind: ParkedKind,
  reason: string,
): ParkedEvent {
  const { publisher, district, key, seq, type } = envelope;
  const wait = kind === 'gap' ? gapPatienceMs : backOff(0) * 1000;
  return {
    _id: eventId(publisher, district, key, seq),
    kind,
    holdKey: messageKey(district, key),
    ...(isServed(district) && { district }),
    key,
    publisher,
    seq,
    type,
    topic,
    reason,
    tries: 0,
    parkedAt: new Date(),
    nextTryAt: new Date(Date.now() + wait),
    value: message.value === null ? null : new Binary(message.value),
    headers: plainHeaders(message.headers),
  };
}

/** A parked record of bytes that could not be read, by where they lie. */
export function parkedBytes(
  topic: string,
  partition: number,
  message: KafkaMessage,
  reason: string,
): ParkedEvent {
  return {
    _id: `bytes/${topic}/${partition}/${message.offset}`,
    kind: 'unreadable',
    topic,
    reason,
    tries: 0,
    parkedAt: new Date(),
    value: message.value === null ? null : new Binary(message.value),
    headers: plainHeaders(message.headers),
  };
}

/**
 * As text, so that a later build reads them as this one would: a header given twice stays two. Names that MongoDB would
 * take for paths or operators, or not take at all, get look-alikes; none of ours is among them.
 */
function plainHeaders(headers: IHeaders | undefined): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [
      name.replaceAll('.', '\uff0e').replaceAll('$', '\uff04').replaceAll('\0', '\ufffd'),
      Array.isArray(value) ? value.map(String) : String(value),
    ]),
  );
}

import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import { eventClass, publishers, wireType } from '#contracts';
import type { EventClass, Publisher } from '#contracts';
import { trustedDistrict } from '#platform';
import type { District } from '#platform';
import type { StoredEvent } from '../store/document.js';

/** The envelope of an event: CloudEvents 1.0 over Kafka in binary mode, attributes as `ce_` headers. */
export interface Envelope {
  /** `publisher/district/key/seq`: the same on every repeat. */
  id: string;
  type: string;
  version: number;
  publisher: Publisher;
  district: District;
  key: string;
  seq: number;
  time: string;
  trace?: string;
}

export function eventId(publisher: string, district: string, key: string, seq: number): string {
  return `${publisher}/${district}/${key}/${seq}`;
}

/** Kafka's key: district and id, so that all events about one thing stay in order in one partition. */
export function messageKey(district: string, key: string): string {
  return `${district}/${key}`;
}

export function toMessage(publisher: Publisher, district: District, event: StoredEvent): Message {
  const contract = eventClass(event.type);
  if (!contract) throw new Error(`${event.type} is not an event of this build`);
  return {
    key: messageKey(district, event.key),
    value: JSON.stringify(event.data),
    headers: {
      ce_specversion: '1.0',
      ce_id: eventId(publisher, district, event.key, event.seq),
      ce_source: `/hearback/${publisher}`,
      ce_type: wireType(contract),
      ce_time: event.time,
      ce_subject: event.key,
      ce_district: district,
      ce_publisher: publisher,
      ce_key: event.key,
      ce_seq: String(event.seq),
      'content-type': 'application/json',
      ...(event.trace && { traceparent: event.trace }),
    },
  };
}

/** Bytes that are no event: parked as they came, holding nothing. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** Reads the headers. @throws Unreadable naming the header that is missing or wrong. */
export function readEnvelope(message: KafkaMessage): Envelope {
  const header = (name: string): string => textOf(message.headers, name);
  const publisher = header('ce_publisher');
  const seq = Number(header('ce_seq'));
  const wire = /^hearback\.([a-z-]+\.[a-z-]+)\.v(\d+)$/.exec(header('ce_type'));
  if (!wire) throw new Unreadable(`ce_type is '${header('ce_type')}', not hearback.NAME.vN`);
  if (!(publishers as readonly string[]).includes(publisher))
    throw new Unreadable(`ce_publisher is '${publisher}'`);
  if (!Number.isSafeInteger(seq) || seq < 1) throw new Unreadable(`ce_seq is '${header('ce_seq')}'`);
  const trace = message.headers?.['traceparent']?.toString();
  return {
    id: header('ce_id'),
    type: wire[1]!,
    version: Number(wire[2]),
    publisher: publisher as Publisher,
    district: trustedDistrict(header('ce_district')),
    key: header('ce_key'),
    seq,
    time: header('ce_time'),
    ...(trace && { trace }),
  };
}

/** Reads the payload as plain data with its type. @throws Unreadable when it is not a JSON object. */
export function readData(message: KafkaMessage, type: string): { type: string } & Record<string, unknown> {
  let data: unknown;
  try {
    data = JSON.parse(message.value?.toString() ?? '');
  } catch {
    throw new Unreadable('the value is not JSON');
  }
  if (data === null || typeof data !== 'object' || Array.isArray(data))
    throw new Unreadable('the value is not a JSON object');
  return { ...(data as Record<string, unknown>), type };
}

/** The payload class this build has for an envelope; undefined when the type or its version is not known. */
export function contractOf(envelope: Envelope): EventClass | undefined {
  const found = eventClass(envelope.type);
  return found && found.contract.version >= envelope.version ? found : undefined;
}

function textOf(headers: IHeaders | undefined, name: string): string {
  const value = headers?.[name];
  const text = Array.isArray(value) ? undefined : value?.toString();
  if (!text) throw new Unreadable(`header ${name} is missing`);
  return text;
}

import { describe, expect, it } from '@jest/globals';
import type { KafkaMessage } from 'kafkajs';
import { trustedDistrict } from '#platform';
import type { StoredEvent } from '../store/document.js';
import { contractOf, readData, readEnvelope, toMessage } from './wire.js';

const stored: StoredEvent = {
  n: 7,
  type: 'answer.delivered',
  key: 'input-1',
  seq: 3,
  time: '2026-11-22T08:00:00.000Z',
  trace: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  data: { inputId: 'input-1', answerNo: 1, how: 'receipt', at: '2026-11-22T08:00:00.000Z' },
};

function overTheWire(change: Record<string, string | undefined> = {}): KafkaMessage {
  const { key, value, headers } = toMessage('intake', trustedDistrict('moon'), stored);
  return {
    key,
    value: Buffer.from(value as string),
    headers: { ...headers, ...change },
    offset: '0',
  } as unknown as KafkaMessage;
}

describe('an event on the wire', () => {
  it('is CloudEvents 1.0 in binary mode, keyed by district and id', () => {
    const message = overTheWire();
    expect(message.key).toBe('moon/input-1');
    expect(message.headers).toMatchObject({
      ce_specversion: '1.0',
      ce_id: 'intake/moon/input-1/3',
      ce_source: '/hearback/intake',
      ce_type: 'hearback.answer.delivered.v1',
      'content-type': 'application/json',
      traceparent: stored.trace,
    });
  });

  it('is read back as it was', () => {
    const message = overTheWire();
    const envelope = readEnvelope(message);
    expect(envelope).toMatchObject({
      type: 'answer.delivered',
      publisher: 'intake',
      district: 'moon',
      key: 'input-1',
      seq: 3,
    });
    expect(readData(message, envelope.type)).toEqual({ ...stored.data, type: 'answer.delivered' });
  });

  it.each(['ce_type', 'ce_publisher', 'ce_district', 'ce_key', 'ce_seq', 'ce_id', 'ce_time'])(
    'names %s when it is missing',
    (name) => {
      expect(() => readEnvelope(overTheWire({ [name]: undefined }))).toThrow(name);
    },
  );

  it.each([
    ['ce_seq', '0'],
    ['ce_seq', 'two'],
    ['ce_publisher', 'stranger'],
    ['ce_type', 'answer.delivered'],
  ])('refuses %s of %s', (name, value) => {
    expect(() => readEnvelope(overTheWire({ [name]: value }))).toThrow(name);
  });

  it('does not know a later version than this build', () => {
    expect(
      contractOf(readEnvelope(overTheWire({ ce_type: 'hearback.answer.delivered.v2' }))),
    ).toBeUndefined();
    expect(contractOf(readEnvelope(overTheWire()))).toBeDefined();
  });
});

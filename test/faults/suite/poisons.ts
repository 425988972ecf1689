import type { Publisher } from '#contracts';
import type { Chance } from './chance.js';

/** What is sent, and how it must end: as bytes that nobody can read, or as an event that some cannot apply. */
export interface Poison {
  value: string | Buffer;
  headers?: Record<string, string>;
  /** Why it cannot be read, as everybody who reads its topic must say. */
  unreadable?: string;
  /** Who must park it, if they read its topic; the others have no use for it, and it leaves nothing with them. */
  failsAt?: readonly string[];
}

const noJson = 'the value is not JSON';
const noObject = 'the value is not a JSON object';
/** Without these no envelope is read; nobody needs the others. */
const needed = ['ce_id', 'ce_type', 'ce_time', 'ce_district', 'ce_publisher', 'ce_key', 'ce_seq'];
/** Whoever takes every event about an input. The origins take what names them as its origin, and none of this does. */
const takers = { failsAt: ['casework', 'reporting'] };

/** What stands on the topic of requests, and is none. */
export const noRequests = [
  'null',
  '[]',
  '7',
  '"all"',
  '{',
  '{"all":true}',
  '{"publisher":"intake","key":{}}',
];

/** A message that no service can take as it is. */
export function onePoison(publisher: Publisher, key: string, choice: Chance): Poison {
  return choice.pick(kinds)(publisher, key, choice);
}

const kinds: readonly ((publisher: Publisher, key: string, choice: Chance) => Poison)[] = [
  (_publisher, _key, choice) => ({ value: bytes(choice), unreadable: 'header ce_publisher is missing' }),
  (publisher, key, choice) => spoilt(publisher, key, bytes(choice), noJson),
  (publisher, key) => spoilt(publisher, key, '', noJson),
  (publisher, key) => spoilt(publisher, key, 'not json', noJson),
  (publisher, key) => spoilt(publisher, key, '{"inputId":', noJson),
  (publisher, key) => spoilt(publisher, key, '[]', noObject),
  (publisher, key) => spoilt(publisher, key, 'null', noObject),
  (publisher, key) => {
    // The database takes no such name of a field.
    const { headers, ...rest } = spoilt(publisher, key, 'not json', noJson);
    return { ...rest, headers: { ...headers, 'x\0.$': '1' } };
  },
  (publisher, key) => hollow(publisher, key, 'hearback.input.sung.v1'),
  (publisher, key) => hollow(publisher, key, 'hearback.input.raised.v9'),
  (publisher, key) => hollow(publisher, key, 'hearback.input.raised.v1'),
  // Casework never takes what it says itself.
  (publisher, key) => ({ ...hollow(publisher, key, 'hearback.case.answered.v1'), failsAt: ['reporting'] }),
  (publisher, key, choice) => {
    const seq = choice.pick(['0', '-1', 'NaN', '1.5', '1e309', '', '9007199254740993']);
    return wrong(publisher, key, 'ce_seq', seq);
  },
  (publisher, key, choice) => wrong(publisher, key, 'ce_publisher', choice.pick(['', 'nobody', 'gateway'])),
  (publisher, key, choice) => {
    const district = choice.pick(['', 'pluto', '../moon', 'moon/x']);
    if (!district) return wrong(publisher, key, 'ce_district', district);
    const { value, headers } = hollow(publisher, key);
    return { value, headers: { ...headers, ce_district: district }, ...takers };
  },
  (publisher, key, choice) => {
    const { value, headers = {} } = hollow(publisher, key);
    const name = choice.pick(Object.keys(headers));
    const left = Object.fromEntries(Object.entries(headers).filter(([one]) => one !== name));
    const isRead = !needed.includes(name);
    return { value, headers: left, ...(isRead ? takers : { unreadable: `header ${name} is missing` }) };
  },
  (publisher, key) => huge(publisher, key, JSON.stringify({ inputId: key, text: 'x'.repeat(500_000) })),
  (publisher, key) => huge(publisher, key, `{"inputId":"${key}","nested":${deep(50_000)}}`),
  (publisher, key) =>
    huge(publisher, key, `{"inputId":"${key}","__proto__":{"origin":"intake"},"constructor":{}}`),
];

function bytes(choice: Chance): Buffer {
  // The first one begins no text, so that it is never JSON by chance.
  return Buffer.from([0xff, ...Array.from({ length: choice.below(2_000) }, () => choice.below(256))]);
}

/** A good envelope about a payload that is none. */
function spoilt(publisher: Publisher, key: string, value: string | Buffer, unreadable: string): Poison {
  return { value, headers: envelope(publisher, key), unreadable };
}

/** A good envelope about a payload that lacks nearly all that its contract asks for, or of a type that nobody knows. */
function hollow(publisher: Publisher, key: string, type?: string): Poison {
  return { value: JSON.stringify({ inputId: key }), headers: envelope(publisher, key, type), ...takers };
}

/** A header that says what no envelope may say. */
function wrong(publisher: Publisher, key: string, name: string, says: string): Poison {
  const { value, headers } = hollow(publisher, key);
  const unreadable = says ? `${name} is '${says}'` : `header ${name} is missing`;
  return { value, headers: { ...headers, [name]: says }, unreadable };
}

/** More in a payload than anybody asked for. */
function huge(publisher: Publisher, key: string, value: string): Poison {
  return { value, headers: envelope(publisher, key), ...takers };
}

/** The headers of the first event of a key in district moon. */
export function envelope(
  publisher: Publisher,
  key: string,
  type = 'hearback.input.message.v1',
): Record<string, string> {
  return {
    ...{ ce_specversion: '1.0', ce_id: `${publisher}/moon/${key}/1`, ce_source: `/hearback/${publisher}` },
    ...{ ce_type: type, ce_time: new Date().toISOString(), ce_subject: key, ce_district: 'moon' },
    ...{ ce_publisher: publisher, ce_key: key, ce_seq: '1' },
  };
}

/** Nested so deeply that whoever goes down by recursion falls. */
function deep(levels: number): string {
  return `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
}

// More of what a service really wrote: its documents and its messages again, under new ids. A backlog of any size can so
// be laid before a service in the shape in which it would stand there after a crash or a stop.
import { randomBytes, randomUUID } from 'node:crypto';
import { Timestamp } from 'mongodb';
import { closedLoop, inputBody, poster } from './load.mjs';

/** Accepts `count` inputs by HTTP and gives their documents, published and marked, as intake keeps them. */
export async function acceptedInputs(stack, count) {
  const { post, close } = poster({
    port: stack.port('intake'),
    path: '/api/intake/inputs',
    connections: 64,
  });
  await closedLoop({ inFlight: 64, count, one: (n) => post(inputBody(n)) });
  close();
  await stack.rest('intake', 'inputs');
  return stack.db('intake').collection('inputs').find({}).limit(count).toArray();
}

/** `count` pairs of a sample's id and a new one, going through the samples in turn. */
export const newIds = (samples, count) =>
  Array.from({ length: count }, (_, n) => ({ sample: samples[n % samples.length], id: randomUUID() }));

/** A document of an origin as it is between its write and its publishing, under a new id. */
export function unpublished({ sample, id }) {
  const copy = renamed(sample, sample.id, id);
  const receiptHash = randomBytes(sample.index.receiptHash.length / 2).toString('hex');
  return {
    ...copy,
    state: { ...copy.state, receiptHash },
    index: { ...copy.index, receiptHash },
    mark: 0,
    pending: true,
    // Long enough ago for the sweep, which leaves two seconds to whoever wrote it.
    pendingSince: new Timestamp({ t: Math.floor(Date.now() / 1000) - 60, i: 0 }),
  };
}

/** A value with one id in place of another, wherever it stands in a text. */
export function renamed(value, from, to) {
  if (typeof value === 'string') return value.replaceAll(from, to);
  if (Array.isArray(value)) return value.map((one) => renamed(one, from, to));
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, renamed(one, from, to)]));
}

/** A service's messages about one input, as its publisher sends them: the key of its words, and its events. */
export async function messagesOf(publisher, document) {
  const { toMessage, messageKey } = await import('../../dist/libs/messaging/src/publish/wire.js');
  const { district, id, secret } = document;
  return {
    keys: secret
      ? [
          {
            key: messageKey(district, id),
            value: secret,
            headers: { ce_district: district, ce_key: id },
          },
        ]
      : [],
    events: document.events.map((event) => toMessage(publisher, district, event)),
  };
}

/** Lays the messages of a publisher's documents, under new ids, on its topics. */
export async function layOnTopics(stack, publisher, copies) {
  const producer = stack.kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  for (let at = 0; at < copies.length; at += 1_000) {
    const messages = await Promise.all(
      copies
        .slice(at, at + 1_000)
        .map(({ sample, id }) => messagesOf(publisher, renamed(sample, sample.id, id))),
    );
    const keys = messages.flatMap((one) => one.keys);
    const topicMessages = [
      ...(keys.length > 0 ? [{ topic: `${stack.prefix}.keys`, messages: keys }] : []),
      { topic: `${stack.prefix}.${publisher}`, messages: messages.flatMap((one) => one.events) },
    ];
    await producer.sendBatch({ topicMessages, acks: -1 });
  }
  await producer.disconnect();
}

/** A sweep comes every four seconds, and leaves to their writer what is younger than two. */
const standingMs = 5_000;

/** Lays unpublished documents before intake, which stands still until it is released: then its sweep is due, and they are. */
export async function layBacklog(stack, documents) {
  stack.hold('intake');
  const inputs = stack.db('intake').collection('inputs');
  for (let at = 0; at < documents.length; at += 1_000)
    await inputs.insertMany(documents.slice(at, at + 1_000), { ordered: false });
  await new Promise((resolve) => setTimeout(resolve, standingMs));
}

import type { Kafka, Producer } from 'kafkajs';
import type { Publisher } from '#contracts';
import type { District } from '#platform';
import { republishTopic } from '../kafka/topics.js';

/** Asks a publisher to send everything of a district again. The same request again changes nothing, and is answered. */
export interface AllAsked {
  publisher: Publisher;
  district: District;
  all: true;
  request: string;
}

/** How far the publisher is; said every second or two, and at the end. */
export interface AllAnswer {
  answer: string;
  from: Publisher;
  documents: number;
  events: number;
  done: boolean;
}

/** Writes to the topic of requests; connects when there is something to say. */
export class RequestTopic {
  private readonly producer: Producer;
  private connecting: Promise<void> | undefined;

  constructor(kafka: Kafka) {
    this.producer = kafka.producer({ allowAutoTopicCreation: false });
  }

  async send(messages: (AllAsked | AllAnswer)[]): Promise<void> {
    this.connecting ??= this.producer.connect();
    try {
      await this.connecting;
    } catch (error) {
      this.connecting = undefined;
      throw error;
    }
    await this.producer.send({
      topic: republishTopic(),
      acks: -1,
      messages: messages.map((message) => ({
        key: 'all' in message ? message.request : message.answer,
        value: JSON.stringify(message),
      })),
    });
  }

  async close(): Promise<void> {
    if (this.connecting) await this.producer.disconnect();
  }
}

/** What a record of the topic says; undefined for what is no object: whoever put that there, nothing may stop at it. */
export function recordIn(
  json: string,
): Partial<Record<keyof AllAsked | keyof AllAnswer | 'key', unknown>> | undefined {
  try {
    const read: unknown = JSON.parse(json);
    return read !== null && typeof read === 'object' ? read : undefined;
  } catch {
    return undefined;
  }
}

/** The answer in a record of the topic; undefined for anything else. */
export function answerIn(value: Buffer | null): AllAnswer | undefined {
  const { answer, from, documents, events, done } = (recordIn(value?.toString() ?? '') ??
    {}) as Partial<AllAnswer>;
  if (typeof answer !== 'string' || from === undefined) return undefined;
  return { answer, from, documents: Number(documents), events: Number(events), done: done === true };
}

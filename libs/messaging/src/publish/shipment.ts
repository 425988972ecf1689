import type { Message, TopicMessages } from 'kafkajs';
import { eventClass } from '#contracts';
import type { Publisher } from '#contracts';
import type { District } from '#platform';
import { keyTopic, topicOf } from '../kafka/topics.js';
import type { StoredEvent } from '../store/document.js';
import { messageKey, toMessage } from './wire.js';

/** Events of one document on their way, and the key to their words. */
export interface Parcel {
  district: District;
  events: readonly StoredEvent[];
  secret?: string;
}

/**
 * Below what a broker takes as one batch (1 MB), whichever partition they fall into. Counted in characters: what is not
 * ASCII travels sealed.
 */
const mostCharacters = 900_000;
/** What the headers and the framing of a message come to. */
const messageOverhead = 450;
export const mostEvents = 500;

/** What one request to Kafka carries: bounded in events and size, so that a large document goes in several. */
export class Shipment {
  private readonly messages: Message[] = [];
  private readonly keys: Message[] = [];
  private characters = 0;
  full = false;

  constructor(
    private readonly publisher: Publisher,
    private readonly most = mostEvents,
  ) {}

  get size(): number {
    return this.messages.length;
  }

  /**
   * Takes a document's events, oldest first, as far as there is room, and no further than one that this build does not
   * know: those after it must not overtake it. @returns what was taken.
   */
  take({ district, events, secret }: Parcel): StoredEvent[] {
    const taken: StoredEvent[] = [];
    for (const event of events) {
      if (!eventClass(event.type)) break;
      const message = toMessage(this.publisher, district, event);
      const characters = (message.value as string).length + messageOverhead;
      this.full ||= this.size >= this.most;
      this.full ||= this.size > 0 && this.characters + characters > mostCharacters;
      if (this.full) break;
      this.messages.push(message);
      this.characters += characters;
      if (event.type === 'input.raised' && secret) this.keys.push(keyMessage(district, event.key, secret));
      if (event.type === 'input.erased') this.keys.push(keyMessage(district, event.key, null));
      taken.push(event);
    }
    return taken;
  }

  /** In one request, so that a reader that has the event can nearly always read its words; one that is early waits. */
  topicMessages(): TopicMessages[] {
    return [
      ...(this.keys.length > 0 ? [{ topic: keyTopic(), messages: this.keys }] : []),
      { topic: topicOf(this.publisher), messages: this.messages },
    ];
  }
}

/** An input's key on the topic of keys; null is its tombstone. */
export function keyMessage(district: District, inputId: string, wrapped: string | null): Message {
  return {
    key: messageKey(district, inputId),
    value: wrapped,
    headers: { ce_district: district, ce_key: inputId },
  };
}

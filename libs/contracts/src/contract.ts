import type { Publisher } from './words.js';

/** What an event is about: the field that holds its key, which is also the id that its sequence counts for. */
export type KeyField = 'inputId' | 'orgId' | 'importId' | 'personId';

/** Topics beside those of the publishers. */
export const ownTopics = ['people'] as const;
export type OwnTopic = (typeof ownTopics)[number];

/** The fixed facts of one event type, beside its payload class. */
export interface Contract {
  readonly version: number;
  readonly publishers: readonly Publisher[];
  readonly key: KeyField;
  /** Not on its publisher's topic, which everybody reads, but on one of its own. */
  readonly topic?: OwnTopic;
}

/** A payload: plain data with its type as the discriminant. The envelope (district, seq, time) travels in headers. */
export interface EventData {
  readonly type: string;
}

/** A payload class: its rules are class-validator decorators, its facts are `contract`. */
export interface EventClass<E extends EventData = EventData> {
  new (): E;
  readonly type: E['type'];
  readonly contract: Contract;
}

/** CloudEvents `type` on the wire, for example `hearback.case.answered.v1`. */
export function wireType(event: EventClass): string {
  return `hearback.${event.type}.v${event.contract.version}`;
}

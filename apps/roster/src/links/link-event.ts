import type { NumberedEvent } from '#messaging';
import type { Links } from './links.js';

/** @param ownId our id of a person of the source. */
export function linkEvent(
  personId: string,
  seq: number,
  links: Links,
  ownId: (sourcedId: string) => string,
  at: string,
): NumberedEvent {
  const data = { personId, ...links, speaksFor: links.speaksFor.map(ownId), at };
  return { type: 'person.linked', key: personId, seq, time: at, data };
}

import { hash } from 'node:crypto';
import type { District } from '#platform';
import { keyOf } from '../generations/sealing.js';

/**
 * The id by which other services know a person: the same at every import of a source, and of no use to find out the id
 * in the information system without HEARBACK_SECRET. People are never matched across sources.
 */
export function personIdOf(district: District, source: string, sourcedId: string): string {
  // One call of a hash with the key in front: an HMAC object costs ten times as much, a million times over.
  prefix ??= keyOf('people').toString('base64url');
  return hash('sha256', `${prefix}\t${district}\t${source}\t${sourcedId}`, 'base64url').slice(0, 22);
}

let prefix: string | undefined;

import { createHmac } from 'node:crypto';
import type { District } from '#platform';
import { keyOf } from '../generations/sealing.js';

/**
 * The id by which other services know a person: the same at every import of a source, and of no use to find out the id
 * in the information system without HEARBACK_SECRET. People are never matched across sources.
 */
export function personIdOf(district: District, source: string, sourcedId: string): string {
  const about = JSON.stringify([district, source, sourcedId]);
  return createHmac('sha256', keyOf('people')).update(about).digest('base64url').slice(0, 22);
}

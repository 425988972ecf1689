import type { Given } from '#messaging';
import { factOf } from './facts.js';
import type { LedgerEvent } from './facts.js';
import type { Row, RowEvent } from './row.js';

/** Any event about an input becomes a fact of its row, in its publisher's place; nothing is decided on the way. */
export function learn(event: LedgerEvent, { publisher, seq }: Given<Row>): RowEvent[] {
  return [{ type: 'learned', fact: factOf(event, publisher, seq) }];
}

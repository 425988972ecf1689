import { events } from '#contracts';
import type { EventClass } from '#contracts';
import { Consumer, On, OnRebuilt } from '#messaging';
import type { Given } from '#messaging';
import type { District } from '#platform';
import { Recount } from '../rollups/recount.js';
import { factOf } from './facts.js';
import type { LedgerEvent } from './facts.js';
import type { Row, RowEvent } from './row.js';
import { RowStore } from './row.store.js';

const aboutInputs = events.filter(({ contract }) => contract.key === 'inputId') as EventClass<LedgerEvent>[];

/**
 * Whatever anyone says of an input becomes a fact of its row, in its publisher's place; nothing is decided on the way.
 * The origins all use the same words: a fourth one needs no change here.
 */
@Consumer()
export class FollowLoops {
  constructor(private readonly recount: Recount) {}

  /** Rows that were put right belong to other sums than before, or to none. */
  @OnRebuilt(RowStore)
  rebuilt(district: District): Promise<void> {
    return this.recount.all(district);
  }

  @On(...aboutInputs)
  learn(event: LedgerEvent, { publisher, seq }: Given<Row>): RowEvent[] {
    this.recount.soon();
    return [{ type: 'learned', fact: factOf(event, publisher, seq) }];
  }
}

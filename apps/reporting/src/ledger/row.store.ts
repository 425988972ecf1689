import { Injectable } from '@nestjs/common';
import type { Collection, Document } from 'mongodb';
import { AggregateStore, Messaging } from '#messaging';
import type { District } from '#platform';
import type { Share } from '../rollups/share.js';
import { rowAggregate } from './row.js';
import type { Row, RowEvent } from './row.js';

/** A row whose roll-ups are behind; `documentId` and `version` guard the clearing of its mark. */
export interface DirtyRow {
  id: string;
  documentId: string;
  version: number;
  row: Row;
}

/** The ledger: one row per input. */
@Injectable()
export class RowStore extends AggregateStore<Row, RowEvent> {
  private readonly rows: Collection<Document>;

  constructor(messaging: Messaging) {
    super(messaging, rowAggregate, {
      indexes: [{ dirty: 1 }, { orgId: 1, raisedAt: 1 }, { orgId: 1, dues: 1 }],
      notes: ['dirty'],
    });
    this.rows = messaging.collection(rowAggregate.name);
  }

  /** One after the other: after a backlog there are more than one wants to hold at once. */
  async *dirty(district: District, limit: number): AsyncGenerator<DirtyRow> {
    const found = this.rows
      .find({ district, 'index.dirty': true }, { projection: { id: 1, version: 1, state: 1 } })
      .limit(limit);
    for await (const document of found) {
      yield {
        id: String(document['id']),
        documentId: String(document._id),
        version: Number(document['version']),
        row: document['state'] as Row,
      };
    }
  }

  /**
   * The shares of an organisation's rows that were raised, or have something due, in [from, to) (epoch ms). Only the
   * share is read, because a busy day's roll-up reads thousands. By an index that the dirty mark is no part of: the
   * planner may take the one that it is, and a row that another recount cleans meanwhile moves back in it, behind the
   * place where the read is. It would be missed, and nothing would count it again.
   */
  async shares(
    district: District,
    kind: 'raised' | 'due',
    orgId: string,
    { from, to }: { from: number; to: number },
  ): Promise<Share[]> {
    const range = { $gte: from, $lt: to };
    const within = kind === 'raised' ? { 'index.raisedAt': range } : { 'index.dues': { $elemMatch: range } };
    const found = await this.rows
      .find({ district, 'index.orgId': orgId, ...within }, { projection: { _id: 0, 'index.share': 1 } })
      .hint({
        district: 1,
        'index.orgId': 1,
        [kind === 'raised' ? 'index.raisedAt' : 'index.dues']: 1,
        _id: 1,
      })
      .toArray();
    return found.flatMap((document) => {
      const { share } = document['index'] as { share?: Share };
      return share ? [share] : [];
    });
  }

  /**
   * Clears the marks of rows that nobody has changed since they were read; the others stay dirty. One command for all
   * rows of the same version, because one each cost the database as much as the rows themselves.
   */
  async clean(counted: readonly Pick<DirtyRow, 'documentId' | 'version'>[]): Promise<void> {
    for (const [version, alike] of Map.groupBy(counted, (row) => row.version)) {
      await this.rows.updateMany(
        { _id: { $in: alike.map(({ documentId }) => documentId as never) }, version },
        { $set: { version: version + 1, 'state.dirty': false }, $unset: { 'index.dirty': '' } },
        { writeConcern: { w: 'majority', journal: true } },
      );
    }
  }
}

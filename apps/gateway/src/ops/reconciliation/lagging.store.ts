import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { Collection, Db } from 'mongodb';
import { DATABASE } from '#platform';
import type { District, Page } from '#platform';
import type { Stop } from './path.js';

/** An input that was seen not to have arrived everywhere: where, since when, and whether that is a difference by now. */
export interface Lagging {
  /** `district/inputId` */
  _id: string;
  district: District;
  inputId: string;
  stop: Stop;
  /** The last state that the service where it stopped knows; `unknown` when it has never heard of it. */
  stoppedAt: string;
  /** The same while it stands where it is. */
  signature: string;
  since: Date;
  seenAt: Date;
  difference: boolean;
}

/** Remembers between runs, restarts and gateways since when an input stands where it is. */
@Injectable()
export class LaggingStore implements OnModuleInit {
  private readonly collection: Collection<Lagging>;

  constructor(@Inject(DATABASE) db: Db) {
    this.collection = db.collection<Lagging>('lagging', { writeConcern: { w: 'majority', journal: true } });
  }

  async onModuleInit(): Promise<void> {
    await this.collection.createIndex({ district: 1, difference: 1, _id: 1 });
  }

  /** Since when those of these inputs stand where they are that were seen there before. */
  async since(district: District, signatures: ReadonlyMap<string, string>): Promise<Map<string, Date>> {
    const _id = { $in: [...signatures.keys()].map((id) => `${district}/${id}`) };
    const found = await this.collection.find({ _id, district }).toArray();
    return new Map(
      found
        .filter(({ inputId, signature }) => signatures.get(inputId) === signature)
        .map(({ inputId, since }) => [inputId, since]),
    );
  }

  async see(seen: Omit<Lagging, '_id'>[]): Promise<void> {
    if (seen.length === 0) return;
    await this.collection.bulkWrite(
      seen.map((one) => ({
        replaceOne: {
          filter: { _id: `${one.district}/${one.inputId}`, district: one.district },
          replacement: one,
          upsert: true,
        },
      })),
      { ordered: false },
    );
  }

  /** A whole walk has begun since and did not see these: they have arrived. */
  async forgetUnseen(district: District, since: Date): Promise<void> {
    await this.collection.deleteMany({ district, seenAt: { $lt: since } });
  }

  /** In the order of ids; `cursor` is the last inputId of the page before. */
  async list(
    district: District,
    difference: boolean,
    { limit, cursor }: { limit: number; cursor?: string },
  ): Promise<Page<Lagging>> {
    const after = cursor === undefined ? {} : { _id: { $gt: `${district}/${cursor}` } };
    const found = await this.collection
      .find({ district, difference, ...after })
      .sort({ _id: 1 })
      .limit(limit + 1)
      .toArray();
    const items = found.slice(0, limit);
    return { items, ...(found.length > limit && { next: items.at(-1)!.inputId }) };
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { Db } from 'mongodb';
import { DATABASE, TenantCollection } from '#platform';
import type { District } from '#platform';
import { bucketId } from './bucket.js';
import type { Bucket, RollUp } from './bucket.js';

/** A busy day's roll-up is large: so many are read at once. */
const pageSize = 100;

/** The roll-ups; the reports read nothing else. */
@Injectable()
export class RollUpStore {
  private readonly documents: TenantCollection<RollUp>;

  constructor(@Inject(DATABASE) db: Db) {
    this.documents = new TenantCollection<RollUp>(db, 'rollups');
  }

  async onModuleInit(): Promise<void> {
    await this.documents.ensureIndexes({ kind: 1, orgId: 1, day: 1 });
  }

  /** The versions of those buckets that have a roll-up, by the bucket's id. */
  versions(district: District, buckets: readonly Bucket[]): Promise<Map<string, number>> {
    return this.documents.versions(district, buckets.map(bucketId));
  }

  /**
   * Writes recounts, each unless another recounter was faster since these versions were read.
   * @returns the ids of the buckets that were written.
   */
  put(
    district: District,
    rollUps: readonly RollUp[],
    versions: ReadonlyMap<string, number>,
  ): Promise<string[]> {
    return this.documents.putUnchanged(
      district,
      rollUps.map((content) => {
        const id = bucketId(content);
        return { id, content, ifVersion: versions.get(id) ?? 0 };
      }),
    );
  }

  /** Every bucket that has a roll-up: an organisation's days. */
  async buckets(district: District): Promise<Bucket[]> {
    const buckets: Bucket[] = [];
    for (let after = ''; ;) {
      const found = await this.documents.find(district, { id: { $gt: after } }, { _id: 1 }, pageSize);
      buckets.push(...found.map(({ kind, orgId, day }) => ({ kind, orgId, day })));
      if (found.length < pageSize) return buckets;
      after = found.at(-1)!.id;
    }
  }

  /** Those of these organisations for days in [from, to). */
  find(
    district: District,
    kind: Bucket['kind'],
    orgIds: readonly string[],
    { from, to }: { from: string; to: string },
  ): Promise<RollUp[]> {
    return this.documents.find(district, { kind, orgId: { $in: [...orgIds] }, day: { $gte: from, $lt: to } });
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { Db } from 'mongodb';
import { DATABASE, Problem, TenantCollection } from '#platform';
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

  /** The version of a bucket's roll-up; 0 when there is none yet. */
  version(district: District, bucket: Bucket): Promise<number> {
    return this.documents.version(district, bucketId(bucket));
  }

  /** Writes a recount, unless another recounter was faster: then false, and nothing has changed. */
  async put(district: District, rollUp: RollUp, ifVersion: number): Promise<boolean> {
    try {
      await this.documents.put(district, bucketId(rollUp), rollUp, ifVersion);
      return true;
    } catch (error) {
      if (error instanceof Problem && error.status === 412) return false;
      throw error;
    }
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

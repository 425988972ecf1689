import { Inject, Injectable } from '@nestjs/common';
import type { Db, Filter } from 'mongodb';
import type { Level } from '#contracts';
import { DATABASE, TenantCollection } from '#platform';
import type { District } from '#platform';
import type { Organisation } from '../oneroster/organisations.js';
import { folded } from './org.js';

/** One organisation of one list. Lists never change: readers are moved from one complete list to the next. */
export interface Listed {
  list: string;
  orgId: string;
  name: string;
  folded: string;
  level: Level;
  parentId?: string;
}

const atOnce = 500;

/** What GET /orgs reads: the organisations of each generation, laid down whole before anybody is shown them. */
@Injectable()
export class OrgLists {
  private readonly documents: TenantCollection<Listed>;

  constructor(@Inject(DATABASE) db: Db) {
    this.documents = new TenantCollection<Listed>(db, 'org-lists');
  }

  async onModuleInit(): Promise<void> {
    await this.documents.ensureIndexes(
      { list: 1, folded: 1, orgId: 1 },
      { list: 1, parentId: 1, folded: 1, orgId: 1 },
    );
  }

  async write(district: District, list: string, organisations: readonly Organisation[]): Promise<void> {
    for (let from = 0; from < organisations.length; from += atOnce) {
      await this.documents.putAll(
        district,
        organisations.slice(from, from + atOnce).map((one) => ({
          id: `${list}/${one.orgId}`,
          content: { list, folded: folded(one.name), ...one },
        })),
      );
    }
  }

  /** By name; `after` is the last one of the page before. */
  find(
    district: District,
    lists: readonly string[],
    where: Filter<Listed>,
    after: Pick<Listed, 'folded' | 'orgId'> | undefined,
    limit: number,
  ): Promise<Listed[]> {
    const further: Filter<Listed> = after
      ? {
          $or: [{ folded: { $gt: after.folded } }, { folded: after.folded, orgId: { $gt: after.orgId } }],
        }
      : {};
    return this.documents.find(
      district,
      { $and: [{ list: { $in: [...lists] } }, where, further] },
      { folded: 1, orgId: 1 },
      limit,
    );
  }

  /** Removes every list but these. */
  async keepOnly(district: District, lists: readonly string[]): Promise<void> {
    await this.documents.removeAll(district, { list: { $nin: [...lists] } });
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { Db } from 'mongodb';
import { DATABASE, Problem, TenantCollection } from '#platform';
import type { District } from '#platform';

/** The generation of each source that readers see. One document a district: moving it is the one atomic write. */
interface Current {
  generations: Record<string, string>;
  /** What GET /orgs reads, by source: the name of a list of organisations that is complete. */
  lists: Record<string, string>;
}

const theOne = 'current';

@Injectable()
export class CurrentGenerations {
  private readonly documents: TenantCollection<Current>;

  constructor(@Inject(DATABASE) db: Db) {
    this.documents = new TenantCollection<Current>(db, 'current');
  }

  /** Source by source; empty before the first import. */
  async of(district: District): Promise<Current> {
    const found = await this.documents.get(district, theOne);
    return { generations: { ...found?.generations }, lists: { ...found?.lists } };
  }

  /**
   * Moves a source from one generation to another, for all readers at once.
   * @returns false when it is at neither: another import was faster. True also when it was moved already.
   */
  async move(
    district: District,
    source: string,
    from: string | undefined,
    to: { generationId: string; list: string },
  ): Promise<boolean> {
    for (;;) {
      const found = await this.documents.get(district, theOne);
      const now = found?.generations[source];
      if (now === to.generationId) return true;
      if (now !== from) return false;
      const next: Current = {
        generations: { ...found?.generations, [source]: to.generationId },
        lists: { ...found?.lists, [source]: to.list },
      };
      try {
        await this.documents.put(district, theOne, next, found?.version ?? 0);
        return true;
      } catch (error) {
        // Another source moved in between.
        if (!(error instanceof Problem && error.status === 412)) throw error;
      }
    }
  }
}

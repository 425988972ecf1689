import { Injectable } from '@nestjs/common';
import type { District } from '#platform';
import type { Headcount } from '../oneroster/headcounts.js';
import type { Organisation } from '../oneroster/organisations.js';
import { close, count, describe } from '../orgs/org.js';
import type { Org, OrgEvent } from '../orgs/org.js';
import { OrgStore } from '../orgs/org.store.js';
import type { Plan } from './import.js';

/** How many organisations are written at once. */
const atOnce = 16;

/** Makes a plan true, organisation by organisation; what is true already is neither written nor published. */
@Injectable()
export class ApplyPlan {
  constructor(private readonly orgs: OrgStore) {}

  async all(
    district: District,
    { organisations, close: gone, counts, date }: Plan,
    beat: () => Promise<unknown>,
  ): Promise<void> {
    const counted = new Map(counts?.map((one) => [one.orgId, one]));
    for (const some of chunks(organisations)) {
      await Promise.all(some.map((said) => this.one(district, said, counted.get(said.orgId), date)));
      await beat();
    }
    for (const some of chunks(gone)) {
      await Promise.all(
        some.map((orgId) =>
          this.orgs.change(district, orgId, (state) => close(state, new Date().toISOString())),
        ),
      );
      await beat();
    }
  }

  private async one(
    district: District,
    said: Organisation,
    counted: Headcount | undefined,
    date: string,
  ): Promise<void> {
    const at = new Date().toISOString();
    const news = (state: Org | undefined): OrgEvent[] => [
      ...describe(state, said, at),
      ...(counted ? count(state, counted, date, at) : []),
    ];
    const there = await this.orgs.load(district, said.orgId);
    if (!there && (await this.orgs.create(district, said.orgId, news(undefined))).created) return;
    await this.orgs.change(district, said.orgId, news);
  }
}

function chunks<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / atOnce) }, (_, i) =>
    all.slice(i * atOnce, (i + 1) * atOnce),
  );
}

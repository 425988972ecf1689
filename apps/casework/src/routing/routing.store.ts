import { Inject, Injectable } from '@nestjs/common';
import { DATABASE, TenantCollection } from '#platform';
import type { District } from '#platform';
import type { Db } from 'mongodb';
import type { RoutingRule, Team } from './route.js';

/** The district's teams and its routing rules: two whole documents, each with its version. */
@Injectable()
export class RoutingStore {
  private readonly teams: TenantCollection<{ teams: Team[] }>;
  private readonly rules: TenantCollection<{ rules: RoutingRule[] }>;

  constructor(@Inject(DATABASE) db: Db) {
    this.teams = new TenantCollection(db, 'teams');
    this.rules = new TenantCollection(db, 'routing-rules');
  }

  /** Version 0: none were ever put. */
  async readTeams(district: District): Promise<{ teams: Team[]; version: number }> {
    const found = await this.teams.get(district, 'teams');
    return { teams: found?.teams ?? [], version: found?.version ?? 0 };
  }

  async readRules(district: District): Promise<{ rules: RoutingRule[]; version: number }> {
    const found = await this.rules.get(district, 'routing-rules');
    return { rules: found?.rules ?? [], version: found?.version ?? 0 };
  }

  putTeams(district: District, teams: Team[], ifVersion: number): Promise<number> {
    return this.teams.put(district, 'teams', { teams }, ifVersion);
  }

  putRules(district: District, rules: RoutingRule[], ifVersion: number): Promise<number> {
    return this.rules.put(district, 'routing-rules', { rules }, ifVersion);
  }
}

import { Injectable } from '@nestjs/common';
import type { InputRaised } from '#contracts';
import { OrganisationTree } from '#organisations';
import type { District } from '#platform';
import type { NextLevel, TeamRef } from '../cases/case.js';
import { addressOf } from './address.js';
import { hiddenFromMarks, isHiddenTeam } from './hidden.js';
import { nextLevelOf, route } from './route.js';
import type { Route, RoutingRule, Team } from './route.js';
import { RoutingStore } from './routing.store.js';

interface Snapshot {
  teams: Team[];
  rules: RoutingRule[];
  /** Versions of both documents: `teams.rules`. */
  version: string;
  readAt: number;
}

/** How old a snapshot may be before it is read again, in ms. */
const freshFor = 1_000;

/** Teams, rules and organisations in memory, so that routing an event waits for nothing. */
@Injectable()
export class RoutingSnapshot {
  private readonly snapshots = new Map<District, Snapshot>();

  constructor(
    private readonly store: RoutingStore,
    private readonly tree: OrganisationTree,
  ) {}

  /** Before a batch of events: reads again what is older than a second. */
  async refresh(districts: District[]): Promise<void> {
    await this.tree.refresh(districts);
    await Promise.all(districts.map((district) => this.read(district)));
  }

  /** Before a request. */
  async fresh(district: District): Promise<Snapshot> {
    await this.tree.fresh(district);
    return this.read(district);
  }

  /** After a change made here, so that the next event is routed by it. */
  forget(district: District): void {
    this.snapshots.delete(district);
  }

  /**
   * The team of an input, whether it can be mailed to, and who may not see it.
   * @throws Error when its organisation is not known yet: its org.changed is on the way, so the event is tried again.
   */
  routeOf(
    district: District,
    event: InputRaised,
  ): { route: Route; hasAddress: boolean; hiddenFrom: string[] } {
    const { orgId, topic, role, language, notSeenBy } = event;
    const { teams, rules } = this.known(district);
    const organisation = this.tree.find(district, orgId);
    if (!organisation) throw new Error(`organisation ${orgId} is not known yet`);
    const within = this.tree.within(district, orgId);
    const hiddenFrom = hiddenFromMarks(notSeenBy, { level: organisation.level, within, teams });
    const levels = [orgId, ...this.tree.above(district, orgId)];
    const missing = levels.find((id) => !this.tree.find(district, id));
    if (missing) throw new Error(`organisation ${missing}, above ${orgId}, is not known yet`);
    const named = notSeenBy.length > 0;
    const placed = { topic, language, levels, within, named, hiddenFrom, ...(role && { role }) };
    const chosen = route(rules, teams, placed);
    const hasAddress = Boolean(addressOf(teams, { teamId: chosen.team.teamId, hiddenFrom }));
    return { route: chosen, hasAddress, hiddenFrom };
  }

  /** A team and its next level, for a transfer. Call `fresh` first. */
  destination(
    district: District,
    teamId: string,
    hiddenFrom: readonly string[],
  ): { team: TeamRef; nextLevel?: NextLevel } | undefined {
    const { teams, rules } = this.known(district);
    const team = teams.find((one) => one.teamId === teamId);
    if (!team) return undefined;
    const { name, orgId } = team;
    const usable = teams.filter((one) => !isHiddenTeam(hiddenFrom, one));
    const nextLevel = nextLevelOf(rules, usable, orgId, [orgId, ...this.tree.above(district, orgId)]);
    return { team: { teamId, name, orgId }, ...(nextLevel && { nextLevel }) };
  }

  /** All teams. Call `fresh` first. */
  teams(district: District): readonly Team[] {
    return this.known(district).teams;
  }

  private known(district: District): Snapshot {
    const known = this.snapshots.get(district);
    if (!known) throw new Error(`teams and rules of ${district} are not read yet`);
    return known;
  }

  private async read(district: District): Promise<Snapshot> {
    const known = this.snapshots.get(district);
    if (known && Date.now() - known.readAt < freshFor) return known;
    const readAt = Date.now();
    const [teams, rules] = await Promise.all([
      this.store.readTeams(district),
      this.store.readRules(district),
    ]);
    const version = `${teams.version}.${rules.version}`;
    const next = { teams: teams.teams, rules: rules.rules, version, readAt };
    this.snapshots.set(district, next);
    return next;
  }
}

import { Controller, Get, Query } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { OrganisationTree } from '#organisations';
import { Allow, Caller, Returns, config, districtFacts, invalid } from '#platform';
import type { District } from '#platform';
import { daysIn } from '../rollups/days.js';
import { RollUpStore } from '../rollups/rollup.store.js';
import { breakDown } from './break-down.js';
import type { BreakDown, CellSource } from './break-down.js';
import type { TallyGroup } from './break-down.js';
import { Cell, CellCounts, CellRates, CellTimes, dueLoops, measure } from './measures.js';
import { periodOf } from './period.js';
import type { Period } from './period.js';
import { reaches, reachesFromAbove, refuseBeyondScope } from './scope.js';
import type { Ancestry } from './scope.js';
import { isProtected, suppress } from './suppression.js';

const breakDowns = ['org', 'month', 'origin', 'role', 'topic'] as const;

export class ClosedLoopQuery {
  /** The organisation; it and all below it are counted. Without it, the first of the caller's own. */
  @IsOptional() @IsString() @Length(1, 128) org?: string;
  /** First date that counts, in the district's time zone; 90 days before `to` by default. */
  @IsOptional() @IsString() @Length(10, 10) from?: string;
  /** First date that no longer counts; tomorrow by default. */
  @IsOptional() @IsString() @Length(10, 10) to?: string;
  @ApiProperty({ required: false }) @IsOptional() @IsIn(breakDowns) by: BreakDown = 'org';
}

/** One part of a break-down: a cell, or only the fact that it is too small to be shown. */
export class ReportGroup {
  key: string;
  name: string;
  /** Fewer than `minimum` originators, or needed to hide one that has fewer: no number is shown. */
  suppressed?: boolean;
  minimum?: number;
  counts?: CellCounts;
  voices?: number;
  times?: CellTimes;
  rates?: CellRates;
  outcomes?: Cell['outcomes'];
  people?: Cell['people'];
  negativeDurations?: number;
}

export class ClosedLoopReport {
  org: string;
  orgName: string;
  from: string;
  to: string;
  by: BreakDown;
  /** The instant of this report. Roll-ups may be some seconds behind it. */
  asOf: string;
  total: Cell;
  /** Every part adds up to the total; by `org`: the organisation itself, and each one below it with all of its own. */
  groups: ReportGroup[];
}

/** The measures by MISSION.md's definitions, written at each field of Cell. */
@Controller('closed-loop')
export class ClosedLoopController {
  constructor(
    private readonly tree: OrganisationTree,
    private readonly rollUps: RollUpStore,
  ) {}

  /**
   * Loops are counted by the day raised, within-target by the day due; restricted input is in no report.
   * 403 beyond the caller's organisations; 422 for an unknown organisation or a period that is none.
   */
  @Get()
  @Allow(['leader', 'it'], 'organisation and below')
  @Returns(200, ClosedLoopReport, 'Closed-loop report of an organisation and all below it')
  async report(@Query() query: ClosedLoopQuery, @Caller() caller: Caller): Promise<ClosedLoopReport> {
    const { district } = caller;
    const now = Date.now();
    const period = periodOf(query, daysIn(districtFacts(district).timeZone), now);
    await this.tree.fresh(district);
    const org = this.askedOrg(district, query.org, caller);
    const ancestry: Ancestry = { above: (orgId) => this.tree.above(district, orgId) };
    refuseBeyondScope(caller, org.orgId, ancestry);

    const cells = await this.cells(district, org.orgId, period);
    const seen = cells.filter((cell) => !cell.hidden || reachesFromAbove(caller, cell.orgId, ancestry));
    const children = this.tree
      .all(district)
      .filter((other) => other.parentId === org.orgId)
      .map((child) => ({ ...child, within: new Set(this.tree.within(district, child.orgId)) }));
    const { total, groups } = breakDown(seen, query.by, { org, children, period });
    return {
      org: org.orgId,
      orgName: org.name,
      ...period,
      by: query.by,
      asOf: new Date(now).toISOString(),
      total: measure(total.raised, total.due, now),
      groups: guarded(query.by, groups, now, config().minimumCell),
    };
  }

  private askedOrg(
    district: District,
    asked: string | undefined,
    caller: Caller,
  ): { orgId: string; name: string } {
    const all = this.tree.all(district);
    const own = caller.orgs.find((orgId) => this.tree.find(district, orgId));
    const orgId =
      asked ??
      own ??
      all.find((org) => !org.parentId && reaches(caller, org.orgId, { above: () => [] }))?.orgId;
    const found = orgId === undefined ? undefined : this.tree.find(district, orgId);
    if (found) return found;
    const message =
      asked === undefined
        ? 'org: say which organisation.'
        : `org: there is no organisation '${asked}' in this district.`;
    throw invalid('org', asked === undefined ? 'required' : 'known-organisation', message);
  }

  private async cells(district: District, orgId: string, period: Period): Promise<CellSource[]> {
    const orgIds = this.tree.within(district, orgId);
    const found = await Promise.all([
      this.rollUps.find(district, 'raised', orgIds, period),
      this.rollUps.find(district, 'due', orgIds, period),
    ]);
    return found
      .flat()
      .flatMap((rollUp) => rollUp.cells.map((cell) => ({ ...cell, orgId: rollUp.orgId, day: rollUp.day })));
  }
}

/**
 * The groups as they may leave: measured, or suppressed. A cell is small when few loops were raised in it, and also
 * when few fell due, because within-target counts other loops than the rest.
 */
export function guarded(
  by: BreakDown,
  groups: readonly TallyGroup[],
  now: number,
  minimum: number,
): ReportGroup[] {
  const hidden = new Set<string>();
  if (isProtected(by)) {
    for (const size of [
      (group: TallyGroup) => group.raised.raised,
      (group: TallyGroup) => dueLoops(group.due, now),
    ]) {
      for (const key of suppress(new Map(groups.map((group) => [group.key, size(group)])), minimum))
        hidden.add(key);
    }
  }
  return groups.map(({ key, name, raised, due }) =>
    hidden.has(key) ? { key, name, suppressed: true, minimum } : { key, name, ...measure(raised, due, now) },
  );
}

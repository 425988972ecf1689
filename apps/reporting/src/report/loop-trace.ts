import { Controller, Get, Param } from '@nestjs/common';
import { NotPermitted, Unknown } from '#contracts';
import type { Kind, LoopState, Origin, Step } from '#contracts';
import { OrganisationTree } from '#organisations';
import { Allow, Caller, Returns } from '#platform';
import { Hop, hopsOf } from '../ledger/hops.js';
import { RowStore } from '../ledger/row.store.js';
import { view } from '../ledger/view.js';
import type { View } from '../ledger/view.js';
import { belongsTo, reaches, reachesFromAbove } from './scope.js';
import type { Ancestry } from './scope.js';

/** A step that was owed in this loop. */
export class LoopTarget {
  step: Step;
  dueAt: string;
  doneAt?: string;
  /** `owed` is a miss once `dueAt` is past; `excused`: not owed, or not now. */
  how: 'met' | 'owed' | 'excused';
  /** Who held it on the day due. */
  teamId?: string;
}

/** One loop of the ledger. It shows no role, language, group or standing of the originator. */
export class LoopTrace {
  inputId: string;
  origin: Origin;
  orgId: string;
  orgName: string;
  topic: string;
  kind: Kind;
  state: LoopState;
  open: boolean;
  voices: number;
  teamId?: string;
  teamName?: string;
  targets: LoopTarget[];
  hops: Hop[];
}

@Controller('loops')
export class LoopTraceController {
  constructor(
    private readonly rows: RowStore,
    private readonly tree: OrganisationTree,
  ) {}

  /**
   * 404 for an unknown input, another district's, a restricted one, and one that its originator wants unseen by the
   * caller; 403 outside the caller's organisations and teams. A lead reaches the teams of their organisations and below.
   */
  @Get(':inputId')
  @Allow(['leader', 'member', 'lead'], 'organisation and below')
  @Returns(200, LoopTrace, 'One loop, hop by hop with times')
  async trace(@Param('inputId') inputId: string, @Caller() caller: Caller): Promise<LoopTrace> {
    const { district } = caller;
    const row = await this.rows.load(district, inputId);
    if (!row) throw new Unknown('input');
    const seen = view(row.state.facts);
    await this.tree.fresh(district);
    const { raised } = mayOpen(seen, caller, {
      above: (orgId) => this.tree.above(district, orgId),
      isSchool: (orgId) => this.tree.find(district, orgId)?.level === 'school',
    });
    return {
      inputId,
      origin: raised.origin,
      orgId: raised.orgId,
      orgName: this.tree.find(district, raised.orgId)?.name ?? raised.orgId,
      topic: raised.topic,
      kind: raised.kind,
      state: seen.state,
      open: seen.open,
      voices: raised.voices,
      ...(seen.teamId && { teamId: seen.teamId, teamName: seen.teamName }),
      targets: seen.targets.map(({ step, dueAt, doneAt, how, teamId }) => ({
        step,
        dueAt: new Date(dueAt).toISOString(),
        ...(doneAt !== undefined && { doneAt: new Date(doneAt).toISOString() }),
        how,
        ...(teamId && { teamId }),
      })),
      hops: hopsOf(row.state.facts),
    };
  }
}

/** @throws Unknown when the caller may not even know of it; NotPermitted when it is simply not theirs. */
export function mayOpen(
  seen: View,
  caller: Pick<Caller, 'roles' | 'orgs' | 'teams'>,
  tree: Ancestry & { isSchool(orgId: string): boolean },
): { raised: NonNullable<View['raised']> } {
  const { raised, restricted, teamId, teamOrgId } = seen;
  if (!raised || restricted) throw new Unknown('input');
  const leads = caller.roles.includes('leader');
  // As casework has it: what no team takes is with every lead of the district.
  const reachesTeam =
    teamId === 'unassigned' || (teamOrgId !== undefined && reaches(caller, teamOrgId, tree));
  const leadsTeam = caller.roles.includes('lead') && reachesTeam;
  const isSchool = tree.isSchool(raised.orgId);
  if (raised.notSeenBy.some((unseen) => caller.teams.includes(unseen))) throw new Unknown('input');
  // A district is no school: there is no level above it to go to, and hiding it would hide it from everyone.
  const unseenBySchool = isSchool && raised.notSeenBy.includes('school');
  // The marks of casework's cases: `school` hides everyone of it, in whatever team or role; and whoever leads a school
  // leads those of it that are named.
  const ofSchool = isSchool && belongsTo(caller, raised.orgId, tree);
  if (ofSchool && (unseenBySchool || (leadsTeam && raised.notSeenBy.length > 0))) throw new Unknown('input');
  const inTeam = teamId !== undefined && caller.teams.includes(teamId);
  const fromAbove = (leads || caller.roles.includes('lead')) && reachesFromAbove(caller, raised.orgId, tree);
  if (unseenBySchool && !fromAbove && !inTeam && !leadsTeam) throw new Unknown('input');
  if (inTeam || leadsTeam || (leads && reaches(caller, raised.orgId, tree))) return { raised };
  throw new NotPermitted('This loop is neither in your organisations nor with your team.');
}

import { Body, Controller, Get, Put, Res } from '@nestjs/common';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsEmail,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';
import { OrganisationTree } from '#organisations';
import { Allow, Caller, IfMatch, Problem, Returns } from '#platform';
import type { FieldError } from '#platform';
import type { FastifyReply } from 'fastify';
import { CaseStore } from '../cases/case.store.js';
import { unassigned } from './route.js';
import { RoutingSnapshot } from './routing.snapshot.js';
import { RoutingStore } from './routing.store.js';
import { etag, refuseUnlessRead } from './versioned.js';

/** The group responsible for answering. Belongs to an organisation. */
export class TeamBody {
  /** Small letters, digits and hyphens; it never changes, because cases keep it. */
  @Matches(/^[a-z0-9][a-z0-9-]{0,63}$/, {
    message: 'teamId must be 1 to 64 small letters, digits and hyphens',
  })
  teamId!: string;
  @IsString() @Length(1, 200) name!: string;
  @IsString() @Length(1, 128) orgId!: string;
  /** Where the team is told that something came. */
  @IsOptional() @IsEmail() email?: string;
  /** Where its lead is told that something is late; the team's address without it. */
  @IsOptional() @IsEmail() leadEmail?: string;
}

export class TeamsBody {
  @IsArray() @ArrayMaxSize(2_000) @ValidateNested({ each: true }) @Type(() => TeamBody) teams!: TeamBody[];
}

/** GET and PUT /api/casework/teams: whole, versioned. */
@Controller('teams')
@Allow(['lead', 'it'], 'district')
export class ManageTeams {
  constructor(
    private readonly store: RoutingStore,
    private readonly routing: RoutingSnapshot,
    private readonly tree: OrganisationTree,
    private readonly cases: CaseStore,
  ) {}

  @Get()
  @Returns(200, TeamsBody, 'All teams of the district; the ETag is for If-Match')
  async read(@Caller() caller: Caller, @Res({ passthrough: true }) reply: FastifyReply): Promise<TeamsBody> {
    const { teams, version } = await this.store.readTeams(caller.district);
    reply.header('etag', etag(version));
    return { teams };
  }

  /** Replaces all teams. If-Match is owed once there are any. A team that still holds open cases cannot go. */
  @Put()
  @Returns(200, TeamsBody, 'Replaces all teams, whole')
  async put(
    @Body() body: TeamsBody,
    @Caller() caller: Caller,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TeamsBody> {
    const { district } = caller;
    const before = await this.store.readTeams(district);
    refuseUnlessRead(ifMatch, before.version, 'GET /api/casework/teams');
    await this.tree.fresh(district);
    const errors = [...this.wrongTeams(caller, body.teams), ...(await this.stillNeeded(caller, body.teams))];
    if (errors.length > 0) throw new Problem(422, undefined, { detail: errors[0]!.message, errors });
    const version = await this.store.putTeams(district, body.teams, before.version);
    this.routing.forget(district);
    reply.header('etag', etag(version));
    return { teams: body.teams };
  }

  private wrongTeams({ district }: Caller, teams: TeamBody[]): FieldError[] {
    const seen = new Set<string>([unassigned]);
    return teams.flatMap(({ teamId, orgId }, i) => {
      const errors: FieldError[] = [];
      if (seen.has(teamId)) {
        const message = teamId === unassigned ? `${unassigned} is built in.` : `${teamId} stands here twice.`;
        errors.push({ field: `teams.${i}.teamId`, rule: 'unique', message });
      }
      seen.add(teamId);
      if (!this.tree.find(district, orgId)) {
        const message = `There is no organisation ${orgId}.`;
        errors.push({ field: `teams.${i}.orgId`, rule: 'known-organisation', message });
      }
      return errors;
    });
  }

  /** Nothing may be left with a team that is gone: neither a rule nor an open case. */
  private async stillNeeded({ district }: Caller, teams: TeamBody[]): Promise<FieldError[]> {
    const kept = new Set(teams.map((team) => team.teamId));
    const { teams: before } = await this.store.readTeams(district);
    const { rules } = await this.store.readRules(district);
    const errors: FieldError[] = [];
    for (const { teamId } of before.filter((team) => !kept.has(team.teamId))) {
      const rule = rules.find((one) => one.teamId === teamId);
      const open = await this.cases.count(district, { teams: teamId, open: true });
      if (rule) {
        errors.push({
          field: 'teams',
          rule: 'in-use',
          message: `Rule ${rule.ruleId} sends input to ${teamId}.`,
        });
      } else if (open > 0) {
        errors.push({
          field: 'teams',
          rule: 'in-use',
          message: `${teamId} still holds open cases: transfer them first.`,
        });
      }
    }
    return errors;
  }
}

import { Body, Controller, Get, Put, Res } from '@nestjs/common';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';
import { IsLanguageTag, participationLevels, roles, topicIds, topics } from '#contracts';
import type { Participation, Role } from '#contracts';
import { OrganisationTree } from '#organisations';
import { Allow, Caller, IfMatch, Problem, Returns } from '#platform';
import type { FieldError } from '#platform';
import type { FastifyReply } from 'fastify';
import { RoutingSnapshot } from './routing.snapshot.js';
import { RoutingStore } from './routing.store.js';
import { etag, refuseUnlessRead } from './versioned.js';

/**
 * What matches all conditions that are set goes to the team. Rules with a topic, role or language come first, of the
 * nearest organisation first (the input's own, then each level up, then rules without one); at the same organisation
 * topic outweighs role, and role outweighs language. Rules without conditions are fallbacks, nearest organisation first.
 */
export class RuleBody {
  @Matches(/^[\w-]{1,64}$/, { message: 'ruleId must be 1 to 64 letters, digits, hyphens and underscores' })
  ruleId!: string;
  /** Of this organisation and all below it; without it: of the whole district. */
  @IsOptional() @IsString() @Length(1, 128) orgId?: string;
  @IsOptional() @IsIn(topicIds) topic?: string;
  @IsOptional() @IsIn(roles) role?: Role;
  @IsOptional() @IsLanguageTag() language?: string;
  @IsString() @Length(1, 64) teamId!: string;
}

/** A published topic: how far people take part, and the targets in working days. */
export class TopicBody {
  @IsIn(topicIds) id!: string;
  @IsString() @Length(1, 200) name!: string;
  @IsIn(participationLevels) participation!: Participation;
  @IsInt() acknowledgeDays!: number;
  @IsInt() answerDays!: number;
}

export class RulesBody {
  @IsArray() @ArrayMaxSize(5_000) @ValidateNested({ each: true }) @Type(() => RuleBody) rules!: RuleBody[];
  /** May be sent back as read; changing a published default is not possible yet. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => TopicBody)
  topics?: TopicBody[];
}

/** GET and PUT /api/casework/routing-rules: whole, versioned. */
@Controller('routing-rules')
@Allow(['lead', 'it'], 'district')
export class ManageRules {
  constructor(
    private readonly store: RoutingStore,
    private readonly routing: RoutingSnapshot,
    private readonly tree: OrganisationTree,
  ) {}

  @Get()
  @Returns(200, RulesBody, 'All routing rules, and the published topics; the ETag is for If-Match')
  async read(@Caller() caller: Caller, @Res({ passthrough: true }) reply: FastifyReply): Promise<RulesBody> {
    const { rules, version } = await this.store.readRules(caller.district);
    reply.header('etag', etag(version));
    return { rules: rules as RuleBody[], topics: published() };
  }

  /** Replaces all rules. If-Match is owed once there are any. Nothing is stored unless every rule holds. */
  @Put()
  @Returns(200, RulesBody, 'Replaces all routing rules, whole')
  async put(
    @Body() body: RulesBody,
    @Caller() caller: Caller,
    @IfMatch() ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RulesBody> {
    const { district } = caller;
    const before = await this.store.readRules(district);
    refuseUnlessRead(ifMatch, before.version, 'GET /api/casework/routing-rules');
    await this.tree.fresh(district);
    const { teams } = await this.store.readTeams(district);
    const known = new Set(teams.map((team) => team.teamId));
    const errors = [...this.wrongRules(caller, body.rules, known), ...wrongTopics(body.topics)];
    if (errors.length > 0) throw new Problem(422, undefined, { detail: errors[0]!.message, errors });
    const version = await this.store.putRules(district, body.rules, before.version);
    this.routing.forget(district);
    reply.header('etag', etag(version));
    return { rules: body.rules, topics: published() };
  }

  private wrongRules({ district }: Caller, rules: RuleBody[], teams: ReadonlySet<string>): FieldError[] {
    const seen = new Set<string>();
    return rules.flatMap(({ ruleId, orgId, teamId }, i) => {
      const errors: FieldError[] = [];
      const wrong = (field: string, rule: string, message: string) =>
        errors.push({ field: `rules.${i}.${field}`, rule, message });
      if (seen.has(ruleId)) wrong('ruleId', 'unique', `${ruleId} stands here twice.`);
      seen.add(ruleId);
      if (!teams.has(teamId)) wrong('teamId', 'known-team', `There is no team ${teamId}.`);
      if (orgId && !this.tree.find(district, orgId)) {
        wrong('orgId', 'known-organisation', `There is no organisation ${orgId}.`);
      }
      return errors;
    });
  }
}

function published(): TopicBody[] {
  return topics.map((topic) => ({ ...topic }));
}

/** What was read may be sent back; anything else would look as if it had been taken. */
function wrongTopics(sent: TopicBody[] | undefined): FieldError[] {
  if (!sent || sent.length === 0) return [];
  const same = sent.every((one) => {
    const topic = topics.find(({ id }) => id === one.id);
    return (
      topic?.name === one.name &&
      topic.participation === one.participation &&
      topic.acknowledgeDays === one.acknowledgeDays &&
      topic.answerDays === one.answerDays
    );
  });
  const message = 'The published topics cannot be changed here yet; leave them as they were read.';
  return same ? [] : [{ field: 'topics', rule: 'as-published', message }];
}

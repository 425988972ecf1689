import { Body, Controller, Param, Post } from '@nestjs/common';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsOptional, IsString, Length } from 'class-validator';
import { HasWords, IsInstant, IsLanguageTag, kinds, topicIds } from '#contracts';
import type { Kind } from '#contracts';
import { newKey, seal } from '#messaging';
import { OrganisationTree } from '#organisations';
import { heardAtOf } from '#origin';
import { Allow, Caller, Idempotent, Returns, sameBody } from '#platform';
import type { Command } from '#platform';
import { MOST_FAMILIES } from '../rounds/round.js';
import { RoundStore } from '../rounds/round.store.js';
import { carryConcern } from './concern.js';
import { ConcernStore } from './concern.store.js';

export class CarryConcernRequest {
  @IsString() @Length(1, 10_000) @HasWords() text!: string;
  /** One of the published topics. */
  @IsIn(topicIds) topic!: string;
  @IsIn(kinds) kind!: Kind;
  /** References of the families that it stands for, all of this round; it has as many voices as there are different ones. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_FAMILIES)
  @IsString({ each: true })
  families!: string[];
  @IsLanguageTag() language!: string;
  /** When the families said it: at most 60 days back. */
  @IsOptional() @IsInstant() heardAt?: string;
}

export class ConcernCarriedResponse {
  inputId!: string;
}

@Controller('rounds')
export class CarryConcernController {
  constructor(
    private readonly rounds: RoundStore,
    private readonly concerns: ConcernStore,
    private readonly organisations: OrganisationTree,
  ) {}

  @Post(':id/concerns')
  @Allow(['representative'], 'own rounds')
  @Returns(
    201,
    ConcernCarriedResponse,
    'Carries a concern of families in as one input that has their voices.',
  )
  async carry(
    @Param('id') id: string,
    @Body() request: CarryConcernRequest,
    @Caller() caller: Caller,
    @Idempotent() command: Command,
  ): Promise<ConcernCarriedResponse> {
    const { text, topic, kind, families, language } = request;
    const { district } = caller;
    const { state: round } = await this.rounds.own(caller, id);
    const inputId = command.id;
    const before = await this.concerns.load(district, inputId);
    if (!before) await this.organisations.require(district, round.orgId);
    const { key, wrapped } = newKey();
    const sealed = seal(key, { text });
    const input = { inputId, topic, kind, language, ...heardAtOf(request), sealed };
    const carried = { roundId: id, families, digest: command.digest, input };
    const concern =
      before ??
      (await this.concerns.create(district, inputId, carryConcern(round, carried, new Date().toISOString()), {
        secret: wrapped,
      }));
    sameBody(command, concern.state.digest);
    return { inputId };
  }
}

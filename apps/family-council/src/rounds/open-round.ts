import { Body, Controller, Post } from '@nestjs/common';
import { IsString, Length } from 'class-validator';
import { HasWords, IsId, IsInstant } from '#contracts';
import { OrganisationTree } from '#organisations';
import { Allow, Caller, Idempotent, Returns, sameBody } from '#platform';
import type { Command } from '#platform';
import { openRound } from './round.js';
import { RoundStore } from './round.store.js';

export class OpenRoundRequest {
  /** The organisation that the round is about. */
  @IsId() orgId!: string;
  @IsString() @Length(1, 200) @HasWords() title!: string;
  /** What the families are asked, and what the district wants them to know. */
  @IsString() @Length(0, 10_000) brief!: string;
  @IsInstant() opensAt!: string;
  /** Contacts and concerns are taken until then; reports back at any time. */
  @IsInstant() closesAt!: string;
}

export class RoundOpenedResponse {
  roundId!: string;
}

@Controller('rounds')
export class OpenRoundController {
  constructor(
    private readonly rounds: RoundStore,
    private readonly organisations: OrganisationTree,
  ) {}

  @Post()
  @Allow(['representative'], 'own rounds')
  @Returns(
    201,
    RoundOpenedResponse,
    'Opens a round; the families that the representative speaks for are listed next.',
  )
  async open(
    @Body() request: OpenRoundRequest,
    @Caller() { district, sub }: Caller,
    @Idempotent() command: Command,
  ): Promise<RoundOpenedResponse> {
    const round = {
      ...request,
      opensAt: instant(request.opensAt),
      closesAt: instant(request.closesAt),
      representative: sub!,
      digest: command.digest,
    };
    const before = await this.rounds.load(district, command.id);
    if (!before) await this.organisations.require(district, request.orgId);
    const { state } =
      before ?? (await this.rounds.create(district, command.id, openRound(round, new Date().toISOString())));
    sameBody(command, state.digest);
    return { roundId: command.id };
  }
}

/** With milliseconds, so that instants compare as text. */
export function instant(text: string): string {
  return new Date(text).toISOString();
}

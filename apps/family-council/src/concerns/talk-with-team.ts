import { Body, Controller, Param, Post } from '@nestjs/common';
import { IsOptional, IsString, Length, Matches } from 'class-validator';
import { IsId, IsLanguageTag } from '#contracts';
import { message, withdraw } from '#loop';
import { seal, unwrap } from '#messaging';
import { Allow, Caller, Idempotent, Returns } from '#platform';
import type { Command } from '#platform';
import { RoundStore } from '../rounds/round.store.js';
import { once } from './concern.js';
import { ConcernStore } from './concern.store.js';
import { ConcernView, viewConcern } from './concern-view.js';

export class WriteToTeamRequest {
  @IsId() inputId!: string;
  @IsString() @Length(1, 5_000) @Matches(/\S/, { message: 'text must not be empty' }) text!: string;
  @IsLanguageTag() language!: string;
}

export class WithdrawConcernRequest {
  @IsId() inputId!: string;
  @IsOptional() @IsString() @Length(1, 5_000) why?: string;
}

/** The representative speaks for the families: a concern has a thread like any input, and may be taken back until delivered. */
@Controller('rounds')
export class TalkWithTeamController {
  constructor(
    private readonly rounds: RoundStore,
    private readonly concerns: ConcernStore,
  ) {}

  @Post(':id/messages')
  @Allow(['representative'], 'own rounds')
  @Returns(201, ConcernView, 'Writes to the team about a concern; ends any waiting for the families.')
  async write(
    @Param('id') id: string,
    @Body() request: WriteToTeamRequest,
    @Caller() caller: Caller,
    @Idempotent() command: Command,
  ): Promise<ConcernView> {
    const { inputId, text, language } = request;
    const sealed = await this.sealed(caller, id, inputId, { text });
    const concern = await this.concerns.change(caller.district, inputId, (state) =>
      once(state, command, (loop) => message(loop, { language, sealed }, new Date().toISOString())),
    );
    return viewConcern(concern);
  }

  @Post(':id/withdraw')
  @Allow(['representative'], 'own rounds')
  @Returns(200, ConcernView, 'Takes a concern back; 409 once an answer is delivered.')
  async withdraw(
    @Param('id') id: string,
    @Body() request: WithdrawConcernRequest,
    @Caller() caller: Caller,
    @Idempotent() command: Command,
  ): Promise<ConcernView> {
    const { inputId, why } = request;
    const sealed = await this.sealed(caller, id, inputId, { reason: why ?? '' });
    const concern = await this.concerns.change(caller.district, inputId, (state) =>
      once(state, command, (loop) => withdraw(loop, why ? { sealed } : {}, new Date().toISOString())),
    );
    return viewConcern(concern);
  }

  /** Seals words under the concern's key; empty once that is erased, when the loop refuses them anyway. */
  private async sealed(caller: Caller, roundId: string, inputId: string, words: object): Promise<string> {
    await this.rounds.own(caller, roundId);
    const { secret } = await this.concerns.named(caller.district, roundId, inputId);
    return secret ? seal(unwrap(secret), words) : '';
  }
}

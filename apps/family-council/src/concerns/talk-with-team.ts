import { Body, Controller, Param, Post } from '@nestjs/common';
import { message, withdraw } from '#loop';
import { WithdrawInputRequest, WriteToTeamRequest, sealFor } from '#origin';
import { Allow, Caller, Idempotent, Returns } from '#platform';
import type { Command } from '#platform';
import { RoundStore } from '../rounds/round.store.js';
import { once } from './concern.js';
import { ConcernStore } from './concern.store.js';
import { ConcernView, viewConcern } from './concern-view.js';

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
    @Body() request: WithdrawInputRequest,
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

  /** For a concern of their own round. */
  private async sealed(caller: Caller, roundId: string, inputId: string, words: object): Promise<string> {
    await this.rounds.own(caller, roundId);
    return sealFor(await this.concerns.named(caller.district, roundId, inputId), words);
  }
}

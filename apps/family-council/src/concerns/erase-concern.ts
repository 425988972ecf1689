import { Body, Controller, Param, Post } from '@nestjs/common';
import { erase } from '#loop';
import { EraseInputRequest } from '#origin';
import { Allow, Caller, Returns } from '#platform';
import { RoundStore } from '../rounds/round.store.js';
import { ConcernStore } from './concern.store.js';
import { ConcernView, viewConcern } from './concern-view.js';

@Controller('rounds')
export class EraseConcernController {
  constructor(
    private readonly rounds: RoundStore,
    private readonly concerns: ConcernStore,
  ) {}

  /**
   * Deletes the key of the concern's input: no word of it can ever be read again, in any service. The count stays. An
   * open loop is closed with it. Again: 200, and nothing changes. The references of its families stay with the round.
   */
  @Post(':id/erase')
  @Allow(['representative'], 'own rounds')
  @Returns(200, ConcernView, 'Erases the words of a concern for good; its count stays.')
  async erase(
    @Param('id') id: string,
    @Body() { inputId }: EraseInputRequest,
    @Caller() caller: Caller,
  ): Promise<ConcernView> {
    await this.rounds.own(caller, id);
    await this.concerns.named(caller.district, id, inputId);
    const concern = await this.concerns.change(caller.district, inputId, ({ loop }) =>
      erase(loop, new Date().toISOString()),
    );
    return viewConcern(concern);
  }
}

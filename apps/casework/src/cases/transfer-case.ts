import { Body, Controller, Param, Post } from '@nestjs/common';
import { IsString, Length } from 'class-validator';
import { HasWords } from '#contracts';
import { addWorkingDays } from '#loop';
import { Allow, Caller, Idempotent, Returns, invalid } from '#platform';
import type { Command } from '#platform';
import { RoutingSnapshot } from '../routing/routing.snapshot.js';
import { calendarOf } from './calendar.js';
import { CaseStanding, Desk } from './desk.js';
import { transfer } from './rules/transfer.js';

export class TransferRequest {
  @IsString() @Length(1, 64) teamId!: string;
  /** To the other team, never to the originator. */
  @IsString() @Length(1, 5_000) @HasWords() note!: string;
}

/** POST /api/casework/cases/{id}/transfer */
@Controller('cases')
export class TransferCase {
  constructor(
    private readonly desk: Desk,
    private readonly routing: RoutingSnapshot,
  ) {}

  /** Until the other team acknowledges it, or a working day has passed in silence, the case stays with the sender. */
  @Post(':id/transfer')
  @Allow(['member', 'lead'], 'own team')
  @Returns(200, CaseStanding, 'Offers the case to another team')
  async transfer(
    @Param('id') id: string,
    @Body() request: TransferRequest,
    @Caller() caller: Caller,
    @Idempotent() command: Command,
  ): Promise<CaseStanding> {
    const { district } = caller;
    const { state, by } = await this.desk.open(caller, id);
    const to = this.routing.destination(district, request.teamId, state.hiddenFrom);
    if (!to) throw invalid('teamId', 'known-team', `There is no team ${request.teamId}.`);
    const sealed = await this.desk.sealedNote(caller, state, request.note);
    const at = new Date().toISOString();
    const silentUntil = addWorkingDays(at, 1, calendarOf(district));
    const offer = { by, at, ...to, silentUntil, sealed };
    return this.desk.change(caller, id, by, (current) => transfer(current, offer), { command });
  }
}

import { Body, Controller, Param, Post } from '@nestjs/common';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { HasWords, participationLevels } from '#contracts';
import type { Participation, ReasonWords } from '#contracts';
import { Allow, Caller, Returns } from '#platform';
import { CaseStanding, Desk } from './desk.js';
import { changeParticipation } from './rules/work.js';

export class ParticipationRequest {
  @IsIn(participationLevels) level!: Participation;
  /** Owed when the level goes down; the originator reads it. */
  @IsOptional() @IsString() @Length(1, 2_000) @HasWords() reason?: string;
}

/** POST /api/casework/cases/{id}/participation */
@Controller('cases')
export class ChangeParticipation {
  constructor(private readonly desk: Desk) {}

  /** Anyone of the team may raise it; lowering takes a lead. */
  @Post(':id/participation')
  @Allow(['member', 'lead'], 'own team')
  @Returns(200, CaseStanding, 'Moves the participation level')
  async change(
    @Param('id') id: string,
    @Body() { level, reason }: ParticipationRequest,
    @Caller() caller: Caller,
  ): Promise<CaseStanding> {
    const { state, by } = await this.desk.open(caller, id);
    const words: ReasonWords | undefined = reason ? { reason } : undefined;
    const sealed = words && (await this.desk.sealed(caller, state, words));
    const at = new Date().toISOString();
    const command = { by, at, level, ...(reason && { reason }), ...(sealed && { sealed }) };
    return this.desk.change(caller, id, by, (current) => changeParticipation(current, command));
  }
}

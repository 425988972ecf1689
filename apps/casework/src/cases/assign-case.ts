import { Body, Controller, Param, Post } from '@nestjs/common';
import { IsString, Length } from 'class-validator';
import { Allow, Caller, Returns } from '#platform';
import { CaseStanding, Desk } from './desk.js';
import { assign } from './rules/work.js';

export class AssignRequest {
  /** Our own id of the person, the `sub` of their token. */
  @IsString() @Length(1, 128) userId!: string;
}

/** POST /api/casework/cases/{id}/assign */
@Controller('cases')
export class AssignCase {
  constructor(private readonly desk: Desk) {}

  @Post(':id/assign')
  @Allow(['member', 'lead'], 'own team')
  @Returns(200, CaseStanding, 'One person of the team has the case; implies acknowledgement')
  async assign(
    @Param('id') id: string,
    @Body() { userId }: AssignRequest,
    @Caller() caller: Caller,
  ): Promise<CaseStanding> {
    const { by } = await this.desk.open(caller, id);
    const at = new Date().toISOString();
    return this.desk.change(caller, id, by, (state) => assign(state, { by, at, userId }));
  }
}

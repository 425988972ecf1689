import { Body, Controller, Param, Post } from '@nestjs/common';
import { IsString, Length } from 'class-validator';
import { HasWords } from '#contracts';
import type { ReasonWords } from '#contracts';
import { Allow, Caller, Idempotent, Returns } from '#platform';
import type { Command } from '#platform';
import { calendarOf } from './calendar.js';
import { CaseStanding, Desk } from './desk.js';
import { reopen } from './rules/answer.js';

export class ReopenRequest {
  /** The originator reads it. */
  @IsString() @Length(1, 2_000) @HasWords() reason!: string;
}

/** POST /api/casework/cases/{id}/reopen */
@Controller('cases')
export class ReopenCase {
  constructor(private readonly desk: Desk) {}

  @Post(':id/reopen')
  @Allow(['member', 'lead'], 'own team')
  @Returns(200, CaseStanding, 'The team works on it again; the answer clock goes on')
  async reopen(
    @Param('id') id: string,
    @Body() { reason }: ReopenRequest,
    @Caller() caller: Caller,
    @Idempotent() command: Command,
  ): Promise<CaseStanding> {
    const { state, by } = await this.desk.open(caller, id);
    const words: ReasonWords = { reason };
    const sealed = await this.desk.sealed(caller, state, words);
    const at = new Date().toISOString();
    const calendar = calendarOf(caller.district);
    return this.desk.change(caller, id, by, (current) => reopen(current, { by, at, calendar, sealed }), {
      command,
    });
  }
}

import { Body, Controller, Param, Post } from '@nestjs/common';
import { IsString, Length } from 'class-validator';
import { HasWords } from '#contracts';
import { Allow, Caller, Idempotent, Returns } from '#platform';
import type { Command } from '#platform';
import { CaseStanding, Desk } from './desk.js';
import { note } from './rules/work.js';

export class NoteRequest {
  @IsString() @Length(1, 10_000) @HasWords() text!: string;
}

/** POST /api/casework/cases/{id}/notes */
@Controller('cases')
export class NoteOnCase {
  constructor(private readonly desk: Desk) {}

  @Post(':id/notes')
  @Allow(['member', 'lead'], 'own team')
  @Returns(201, CaseStanding, 'A note for the team alone; it is never delivered')
  async note(
    @Param('id') id: string,
    @Body() { text }: NoteRequest,
    @Caller() caller: Caller,
    @Idempotent() command: Command,
  ): Promise<CaseStanding> {
    const { state, by } = await this.desk.open(caller, id);
    const sealed = await this.desk.sealedNote(caller, state, text);
    const at = new Date().toISOString();
    return this.desk.change(caller, id, by, (current) => note(current, { by, at, sealed }), { command });
  }
}

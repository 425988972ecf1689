import { Body, Controller, Param, Post } from '@nestjs/common';
import { IsIn, IsString, Length } from 'class-validator';
import { IsInstant } from '#contracts';
import { Allow, Caller, Idempotent, Returns } from '#platform';
import type { Command } from '#platform';
import { instant } from './open-round.js';
import { contactHows, contactResults, coverageOf, logContact } from './round.js';
import type { ContactHow, ContactResult } from './round.js';
import { RoundStore } from './round.store.js';

export class LogContactRequest {
  /** A family of the round. */
  @IsString() @Length(1, 64) familyRef!: string;
  @IsIn(contactHows) how!: ContactHow;
  @IsIn(contactResults) result!: ContactResult;
  @IsInstant() at!: string;
}

export class CoverageView {
  /** Distinct families that the representative speaks for. */
  families!: number;
  /** Of those, the families that word reached or was left with. */
  contacted!: number;
  /** Of those, the families that were reported back to. */
  reportedBack!: number;
}

export class ContactLoggedResponse {
  contactId!: string;
  coverage!: CoverageView;
}

@Controller('rounds')
export class LogContactController {
  constructor(private readonly rounds: RoundStore) {}

  @Post(':id/contacts')
  @Allow(['representative'], 'own rounds')
  @Returns(201, ContactLoggedResponse, 'Logs that a family was reached for, how, and what came of it.')
  async log(
    @Param('id') id: string,
    @Body() request: LogContactRequest,
    @Caller() caller: Caller,
    @Idempotent() command: Command,
  ): Promise<ContactLoggedResponse> {
    await this.rounds.own(caller, id);
    const contact = { contactId: command.id, digest: command.digest, ...request, at: instant(request.at) };
    const { state } = await this.rounds.change(caller.district, id, (round) =>
      logContact(round, contact, new Date().toISOString()),
    );
    return { contactId: command.id, coverage: coverageOf(state) };
  }
}

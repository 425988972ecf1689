import { Body, Controller, Param, Post } from '@nestjs/common';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsOptional,
  IsString,
  Length,
  ValidateNested,
} from 'class-validator';
import { HasWords, IsLanguageTag } from '#contracts';
import type { MessageWords } from '#contracts';
import { Allow, Caller, Idempotent, Returns, invalid } from '#platform';
import type { Command } from '#platform';
import type { Case } from './case.js';
import { CaseStanding, Desk } from './desk.js';
import { message } from './rules/work.js';
import { TranslationBody } from './translation.js';

export class MessageRequest {
  @IsString() @Length(1, 5_000) @HasWords() text!: string;
  @IsLanguageTag() language!: string;
  /** To whom, on a case of several inputs: this one, or `toAll`. May be left out while there is one. */
  @IsOptional() @IsString() @Length(1, 128) inputId?: string;
  @IsOptional() @IsBoolean() toAll?: boolean;
  /** The team needs the answer to go on: the loop's clock pauses until the originator writes. */
  @IsOptional() @IsBoolean() waitForReply?: boolean;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(5)
  @ValidateNested({ each: true })
  @Type(() => TranslationBody)
  translations?: TranslationBody[];
}

/** POST /api/casework/cases/{id}/messages */
@Controller('cases')
export class WriteToOriginator {
  constructor(private readonly desk: Desk) {}

  @Post(':id/messages')
  @Allow(['member', 'lead'], 'own team')
  @Returns(201, CaseStanding, 'Writes to the originator; implies acknowledgement')
  async write(
    @Param('id') id: string,
    @Body() request: MessageRequest,
    @Caller() caller: Caller,
    @Idempotent() command: Command,
  ): Promise<CaseStanding> {
    const { state, by } = await this.desk.open(caller, id);
    const inputIds = addressees(state, request);
    const { text, language, translations, waitForReply: waits = false } = request;
    const words: MessageWords = { text, ...(translations && { translations }) };
    const sealed = await this.desk.sealed(caller, state, words, inputIds);
    const at = new Date().toISOString();
    const said = { by, at, language, waits, sealed, ...(inputIds && { inputIds }) };
    return this.desk.change(caller, id, by, (current) => message(current, said), { command });
  }
}

/** One, several or all, said each time; where there is one input, nothing needs to be said. */
function addressees(state: Case, { inputId, toAll }: MessageRequest): string[] | undefined {
  if (inputId && toAll) throw invalid('toAll', 'one-of', 'Say either inputId or toAll.');
  if (!inputId && !toAll && state.inputs.length > 1) {
    throw invalid('inputId', 'one-of', 'This case has several inputs: say inputId or toAll.');
  }
  if (inputId && !state.inputs.some((input) => input.inputId === inputId)) {
    throw invalid('inputId', 'of-this-case', `${inputId} is not an input of this case`);
  }
  return inputId ? [inputId] : undefined;
}

import { Body, Controller, Param, Post } from '@nestjs/common';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Length,
  ValidateNested,
} from 'class-validator';
import { HasWords, IsLanguageTag, outcomes } from '#contracts';
import type { AnswerWords, Outcome } from '#contracts';
import { Allow, Caller, Idempotent, IfMatch, Returns, invalid } from '#platform';
import type { Command } from '#platform';
import { versionOf } from '../routing/versioned.js';
import { dateIn } from './calendar.js';
import type { Case } from './case.js';
import { CaseStore } from './case.store.js';
import { CaseStanding, Desk } from './desk.js';
import { IsDate } from './is-date.js';
import { answer } from './rules/answer.js';
import { isHiddenFrom } from './rules/may.js';
import type { By } from './rules/may.js';
import { TranslationBody } from './translation.js';

export class AnswerRequest {
  @IsIn(outcomes) outcome!: Outcome;
  @IsString() @Length(1, 10_000) @HasWords() text!: string;
  @IsLanguageTag() language!: string;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(5)
  @ValidateNested({ each: true })
  @Type(() => TranslationBody)
  translations?: TranslationBody[];
  /** How the input shaped this answer; owed at *consult* or above. */
  @IsOptional() @IsString() @Length(1, 5_000) @HasWords() shapedBy?: string;
  /** Owed when declined. */
  @IsOptional() @IsString() @Length(1, 5_000) @HasWords() reason?: string;
  /** Owed when planned: a date in the future, in the district's time zone. */
  @IsOptional() @IsDate() promiseDate?: string;
  /** Owed when not ours: who is responsible, outside the installation, and how to reach them. */
  @IsOptional() @IsString() @Length(1, 2_000) @HasWords() handedTo?: string;
  /** Owed when already answered: the input whose answer settles this one, which the originator can read. */
  @IsOptional() @IsString() @Length(1, 128) answerRef?: string;
  @IsOptional() @IsString() @Length(1, 128) decisionId?: string;
  /** Of a case with several inputs, those that are answered; all without it. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  @IsString({ each: true })
  @Length(1, 128, { each: true })
  inputIds?: string[];
}

/** POST /api/casework/cases/{id}/answer */
@Controller('cases')
export class AnswerCase {
  constructor(
    private readonly desk: Desk,
    private readonly cases: CaseStore,
  ) {}

  /** Answers every originator of the case; answer n+1 replaces n. If-Match is owed: two people cannot answer at once. */
  @Post(':id/answer')
  @Allow(['member', 'lead'], 'own team')
  @Returns(200, CaseStanding, 'Answers the originators of the case; implies acknowledgement')
  async answer(
    @Param('id') id: string,
    @Body() request: AnswerRequest,
    @Caller() caller: Caller,
    @IfMatch() ifMatch: string | undefined,
    @Idempotent() command: Command,
  ): Promise<CaseStanding> {
    const { state, by } = await this.desk.open(caller, id);
    // A retry brings the ETag that its first try has outdated.
    if (this.desk.taken(state, command)) return this.desk.standing(state, by);
    const ifRevision = versionOf(ifMatch, 'GET /api/casework/cases/{id}');
    await this.refuseUnlessAnswered(caller, by, state, request.answerRef);
    const { text, translations, shapedBy, reason, handedTo, ...rest } = request;
    const words: AnswerWords = { text };
    if (translations) words.translations = translations;
    if (shapedBy) words.shapedBy = shapedBy;
    if (reason) words.reason = reason;
    if (handedTo) words.handedTo = handedTo;
    const sealed = await this.desk.sealed(caller, state, words, request.inputIds);
    const at = new Date().toISOString();
    const said = { ...rest, shapedBy, reason, handedTo, by, at, today: dateIn(caller.district, at), sealed };
    return this.desk.change(caller, id, by, (current) => answer(current, said), { command, ifRevision });
  }

  /** 'already answered' must lead to an answer. */
  private async refuseUnlessAnswered(
    caller: Caller,
    by: By,
    state: Case,
    answerRef: string | undefined,
  ): Promise<void> {
    if (!answerRef || state.inputs.some((input) => input.inputId === answerRef)) return;
    const other = await this.cases.findBy(caller.district, { inputs: answerRef });
    const input = other?.state.inputs.find((one) => one.inputId === answerRef);
    if (!other || !input || input.answerNo === 0 || isHiddenFrom(other.state, by.marks)) {
      throw invalid('answerRef', 'answered', `There is no answer to an input ${answerRef}.`);
    }
  }
}

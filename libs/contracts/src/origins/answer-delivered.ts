import { Equals, IsIn, IsInt, Min } from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant } from '../rules.js';
import { deliveredHow, origins } from '../words.js';
import type { DeliveredHow } from '../words.js';

/** An answer reached its originator: a fact, not the team's word. Once an answer. */
export class AnswerDelivered {
  static readonly type = 'answer.delivered';
  static readonly contract: Contract = { version: 1, publishers: origins, key: 'inputId' };

  @Equals('answer.delivered') readonly type = 'answer.delivered' as const;
  @IsId() inputId!: string;
  @IsInt() @Min(1) answerNo!: number;
  @IsIn(deliveredHow) how!: DeliveredHow;
  @IsInstant() at!: string;
}

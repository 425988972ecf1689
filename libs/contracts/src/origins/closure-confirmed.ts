import { Type } from 'class-transformer';
import { Equals, IsInt, IsOptional, Min, ValidateNested } from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant, IsSealed } from '../rules.js';
import { origins } from '../words.js';
import { ReplyNumbers } from './reply-numbers.js';

/** The originator said that this answer settles it. The loop is closed and verified. */
export class ClosureConfirmed {
  static readonly type = 'closure.confirmed';
  static readonly contract: Contract = { version: 1, publishers: origins, key: 'inputId' };

  @Equals('closure.confirmed') readonly type = 'closure.confirmed' as const;
  @IsId() inputId!: string;
  @IsInt() @Min(1) answerNo!: number;
  /** Present when a group answered. */
  @IsOptional() @ValidateNested() @Type(() => ReplyNumbers) replies?: ReplyNumbers;
  @IsInstant() at!: string;
  /** ReasonWords of a group's minority, which always reach the team. */
  @IsOptional() @IsSealed() sealed?: string;
}

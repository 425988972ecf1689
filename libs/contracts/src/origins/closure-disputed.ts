import { Type } from 'class-transformer';
import { Equals, IsBoolean, IsInt, IsOptional, Min, ValidateNested } from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant, IsSealed } from '../rules.js';
import { origins } from '../words.js';
import { ReplyNumbers } from './reply-numbers.js';

/** The originator said that this answer does not settle it. The loop is open again. */
export class ClosureDisputed {
  static readonly type = 'closure.disputed';
  static readonly contract: Contract = { version: 1, publishers: origins, key: 'inputId' };

  @Equals('closure.disputed') readonly type = 'closure.disputed' as const;
  @IsId() inputId!: string;
  @IsInt() @Min(1) answerNo!: number;
  /** Partly settled: counted as no, shown apart. */
  @IsBoolean() partly!: boolean;
  /** Present when a group answered. */
  @IsOptional() @ValidateNested() @Type(() => ReplyNumbers) replies?: ReplyNumbers;
  @IsInstant() at!: string;
  /** ReasonWords; a group may answer in numbers alone. */
  @IsOptional() @IsSealed() sealed?: string;
}

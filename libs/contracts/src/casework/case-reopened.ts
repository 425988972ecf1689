import { Equals, IsIn, IsOptional } from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant, IsSealed } from '../rules.js';
import { origins } from '../words.js';
import type { Origin } from '../words.js';

/** The team works on this input again, because the originator disputed the answer or a person of the team reopened it. */
export class CaseReopened {
  static readonly type = 'case.reopened';
  static readonly contract: Contract = { version: 1, publishers: ['casework'], key: 'inputId' };

  @Equals('case.reopened') readonly type = 'case.reopened' as const;
  @IsId() inputId!: string;
  @IsIn(origins) origin!: Origin;
  @IsId() caseId!: string;
  @IsIn(['dispute', 'team']) cause!: 'dispute' | 'team';
  /** Present when a person reopened it. */
  @IsOptional() @IsId() by?: string;
  @IsInstant() answerBy!: string;
  @IsInstant() at!: string;
  /** ReasonWords, when a person reopened it; the originator reads it. */
  @IsOptional() @IsSealed() sealed?: string;
}

import { Equals, IsIn } from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant } from '../rules.js';
import { origins } from '../words.js';
import type { Origin } from '../words.js';

/** The originator replied: the clock that paused goes on, and the target moves by the time waited. */
export class CaseResumed {
  static readonly type = 'case.resumed';
  static readonly contract: Contract = { version: 1, publishers: ['casework'], key: 'inputId' };

  @Equals('case.resumed') readonly type = 'case.resumed' as const;
  @IsId() inputId!: string;
  @IsIn(origins) origin!: Origin;
  @IsId() caseId!: string;
  @IsInstant() answerBy!: string;
  @IsInstant() at!: string;
}

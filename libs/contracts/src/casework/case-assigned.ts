import { Equals, IsIn } from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant } from '../rules.js';
import { origins } from '../words.js';
import type { Origin } from '../words.js';

/** One person of the team has the case now. */
export class CaseAssigned {
  static readonly type = 'case.assigned';
  static readonly contract: Contract = { version: 1, publishers: ['casework'], key: 'inputId' };

  @Equals('case.assigned') readonly type = 'case.assigned' as const;
  @IsId() inputId!: string;
  @IsIn(origins) origin!: Origin;
  @IsId() caseId!: string;
  @IsId() userId!: string;
  @IsId() by!: string;
  @IsInstant() at!: string;
}

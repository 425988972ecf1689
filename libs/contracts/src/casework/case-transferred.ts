import { Equals, IsIn, IsString, Length } from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant } from '../rules.js';
import { origins } from '../words.js';
import type { Origin } from '../words.js';

/** Another team is responsible now; the originator is told. A miss is charged to who held it on the day due. */
export class CaseTransferred {
  static readonly type = 'case.transferred';
  static readonly contract: Contract = { version: 1, publishers: ['casework'], key: 'inputId' };

  @Equals('case.transferred') readonly type = 'case.transferred' as const;
  @IsId() inputId!: string;
  @IsIn(origins) origin!: Origin;
  @IsId() caseId!: string;
  @IsId() fromTeamId!: string;
  @IsId() teamId!: string;
  @IsString() @Length(1, 200) teamName!: string;
  @IsId() teamOrgId!: string;
  /** Targets are the originator's: a transfer does not extend them. */
  @IsInstant() acknowledgeBy!: string;
  @IsInstant() answerBy!: string;
  @IsId() by!: string;
  @IsInstant() at!: string;
}

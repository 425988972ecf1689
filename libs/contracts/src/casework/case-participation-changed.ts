import { Equals, IsIn, IsOptional } from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant, IsSealed } from '../rules.js';
import { origins, participationLevels } from '../words.js';
import type { Origin, Participation } from '../words.js';

/** The participation level moved. Lowering takes a lead, and a reason that the originator reads. */
export class CaseParticipationChanged {
  static readonly type = 'case.participation-changed';
  static readonly contract: Contract = { version: 1, publishers: ['casework'], key: 'inputId' };

  @Equals('case.participation-changed') readonly type = 'case.participation-changed' as const;
  @IsId() inputId!: string;
  @IsIn(origins) origin!: Origin;
  @IsId() caseId!: string;
  @IsIn(participationLevels) from!: Participation;
  @IsIn(participationLevels) level!: Participation;
  @IsId() by!: string;
  @IsInstant() at!: string;
  /** ReasonWords; owed when the level goes down. */
  @IsOptional() @IsSealed() sealed?: string;
}

import { Equals, IsIn, IsString, Length } from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant } from '../rules.js';
import { origins, participationLevels } from '../words.js';
import type { Origin, Participation } from '../words.js';

/** A team is responsible. The originator is told which, and by when. */
export class CaseRouted {
  static readonly type = 'case.routed';
  static readonly contract: Contract = { version: 1, publishers: ['casework'], key: 'inputId' };

  @Equals('case.routed') readonly type = 'case.routed' as const;
  @IsId() inputId!: string;
  /** Who brings the answer back. */
  @IsIn(origins) origin!: Origin;
  @IsId() caseId!: string;
  @IsId() teamId!: string;
  @IsString() @Length(1, 200) teamName!: string;
  /** The organisation of the team. */
  @IsId() teamOrgId!: string;
  @IsIn(participationLevels) participation!: Participation;
  /** The targets, on the team's calendar. */
  @IsInstant() acknowledgeBy!: string;
  @IsInstant() answerBy!: string;
  /** The id of the rule that chose the team, or `fallback`. */
  @IsString() @Length(1, 128) rule!: string;
  @IsInstant() at!: string;
}

import { Equals, IsIn, IsOptional } from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant } from '../rules.js';
import { origins } from '../words.js';
import type { Origin } from '../words.js';

export const impliedBy = ['assign', 'message', 'answer'] as const;

/** A person of the team took it on. Assigning, writing or answering implies it. Once an input, until it is transferred. */
export class CaseAcknowledged {
  static readonly type = 'case.acknowledged';
  static readonly contract: Contract = { version: 1, publishers: ['casework'], key: 'inputId' };

  @Equals('case.acknowledged') readonly type = 'case.acknowledged' as const;
  @IsId() inputId!: string;
  @IsIn(origins) origin!: Origin;
  @IsId() caseId!: string;
  @IsId() teamId!: string;
  /** Our own id of the person, never the SIS's. */
  @IsId() by!: string;
  @IsOptional() @IsIn(impliedBy) implied?: (typeof impliedBy)[number];
  @IsInstant() at!: string;
}

import { Equals, IsBoolean, IsIn, IsInt, Min } from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant, IsLanguageTag, IsSealed } from '../rules.js';
import { origins } from '../words.js';
import type { Origin } from '../words.js';

/** The team wrote to the originator. */
export class CaseMessage {
  static readonly type = 'case.message';
  static readonly contract: Contract = { version: 1, publishers: ['casework'], key: 'inputId' };

  @Equals('case.message') readonly type = 'case.message' as const;
  @IsId() inputId!: string;
  @IsIn(origins) origin!: Origin;
  @IsId() caseId!: string;
  /** Counts the team's messages to this input from 1. */
  @IsInt() @Min(1) messageNo!: number;
  @IsLanguageTag() language!: string;
  /** The team waits for the originator's reply: the loop's clock pauses. */
  @IsBoolean() waits!: boolean;
  @IsId() by!: string;
  @IsInstant() at!: string;
  /** MessageWords. */
  @IsSealed() sealed!: string;
}

import { Equals, IsOptional } from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant, IsSealed } from '../rules.js';
import { origins } from '../words.js';

/** The originator took the input back before an answer was delivered. The loop is closed, and counted. */
export class InputWithdrawn {
  static readonly type = 'input.withdrawn';
  static readonly contract: Contract = { version: 1, publishers: origins, key: 'inputId' };

  @Equals('input.withdrawn') readonly type = 'input.withdrawn' as const;
  @IsId() inputId!: string;
  @IsInstant() at!: string;
  /** ReasonWords, when the originator said why. */
  @IsOptional() @IsSealed() sealed?: string;
}

/** What `sealed` holds where one reason in words is all there is. */
export interface ReasonWords {
  reason: string;
}

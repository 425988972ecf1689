import { Equals, IsIn, IsInt, Min } from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant } from '../rules.js';
import { origins } from '../words.js';

/** Thirty days passed: nobody was reached, or nobody replied. Closed, never verified: silence is not a yes. */
export class ClosureUnconfirmed {
  static readonly type = 'closure.unconfirmed';
  static readonly contract: Contract = { version: 1, publishers: origins, key: 'inputId' };

  @Equals('closure.unconfirmed') readonly type = 'closure.unconfirmed' as const;
  @IsId() inputId!: string;
  @IsInt() @Min(1) answerNo!: number;
  @IsIn(['silent', 'unreached']) why!: 'silent' | 'unreached';
  @IsInstant() at!: string;
}

import { Equals } from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant } from '../rules.js';
import { origins } from '../words.js';

/** Screening, or a person, moved an input into the safeguarding lane after it was raised. */
export class InputRestricted {
  static readonly type = 'input.restricted';
  static readonly contract: Contract = { version: 1, publishers: origins, key: 'inputId' };

  @Equals('input.restricted') readonly type = 'input.restricted' as const;
  @IsId() inputId!: string;
  @IsInstant() at!: string;
}

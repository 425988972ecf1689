import { Equals } from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant } from '../rules.js';
import { origins } from '../words.js';

/** The key of this input is gone: its words can never be read again. Readers blank their copies; the count stays. */
export class InputErased {
  static readonly type = 'input.erased';
  static readonly contract: Contract = { version: 1, publishers: origins, key: 'inputId' };

  @Equals('input.erased') readonly type = 'input.erased' as const;
  @IsId() inputId!: string;
  @IsInstant() at!: string;
}

import { ArrayMaxSize, Equals, IsArray, IsIn, IsString, Length } from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant } from '../rules.js';
import { origins, standings } from '../words.js';
import type { Standing } from '../words.js';

/** The originator said something about themselves, after the receipt. Reporting alone may read it, and only in sums. */
export class InputDescribed {
  static readonly type = 'input.described';
  static readonly contract: Contract = { version: 1, publishers: origins, key: 'inputId' };

  @Equals('input.described') readonly type = 'input.described' as const;
  @IsId() inputId!: string;
  @IsArray() @ArrayMaxSize(3) @IsIn(standings, { each: true }) standings!: Standing[];
  /** Ids of the district's published groups. */
  @IsArray() @ArrayMaxSize(20) @IsString({ each: true }) @Length(1, 64, { each: true }) groups!: string[];
  @IsInstant() at!: string;
}

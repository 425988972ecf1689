import { Equals, IsInt, IsString, Length, Min } from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant } from '../rules.js';

/** An import was applied as a whole. */
export class RosterImported {
  static readonly type = 'roster.imported';
  static readonly contract: Contract = { version: 1, publishers: ['roster'], key: 'importId' };

  @Equals('roster.imported') readonly type = 'roster.imported' as const;
  @IsId() importId!: string;
  /** The OneRoster version of the files, for example `1.2`. */
  @IsString() @Length(1, 16) oneRoster!: string;
  @IsInt() @Min(0) organisations!: number;
  @IsInt() @Min(0) people!: number;
  @IsInt() @Min(0) enrolments!: number;
  @IsInstant() at!: string;
}

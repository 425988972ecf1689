import { Type } from 'class-transformer';
import { Equals, IsArray, IsInt, IsISO8601, IsString, Length, Min, ValidateNested } from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant } from '../rules.js';

/** People of one grade. */
export class GradeCount {
  @IsString() @Length(1, 16) grade!: string;
  @IsInt() @Min(0) students!: number;
}

/** How many people belong to an organisation on a day: counts only, no person. The denominators of representation. */
export class EnrolmentCounted {
  static readonly type = 'enrolment.counted';
  static readonly contract: Contract = { version: 1, publishers: ['roster'], key: 'orgId' };

  @Equals('enrolment.counted') readonly type = 'enrolment.counted' as const;
  @IsId() orgId!: string;
  /** A date in the district's time zone. */
  @IsISO8601({ strict: true }) date!: string;
  @IsInt() @Min(0) students!: number;
  /** Teachers, aides, administrators: people, not posts. */
  @IsInt() @Min(0) staff!: number;
  /** Parents, guardians and relatives. */
  @IsInt() @Min(0) families!: number;
  @IsArray() @ValidateNested({ each: true }) @Type(() => GradeCount) byGrade!: GradeCount[];
  @IsInstant() at!: string;
}

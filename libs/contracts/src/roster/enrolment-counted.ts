import { Type } from 'class-transformer';
import {
  Equals,
  IsArray,
  IsIn,
  IsInt,
  IsISO8601,
  IsOptional,
  IsString,
  Length,
  Min,
  ValidateNested,
} from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant, IsLanguageTag } from '../rules.js';
import { groupIds } from '../words.js';
import type { GroupId } from '../words.js';

/** People of one grade. */
export class GradeCount {
  @IsString() @Length(1, 16) grade!: string;
  @IsInt() @Min(0) students!: number;
}

export const countedFrom = ['roster', 'upload'] as const;
/** Counted from people's rows at an import, or told by the district as a number. */
export type CountedFrom = (typeof countedFrom)[number];

/** Students on the day for which they were counted, which may be before the event's own. */
class DatedCount {
  @IsInt() @Min(0) students!: number;
  @IsISO8601({ strict: true }) date!: string;
  @IsIn(countedFrom) from!: CountedFrom;
}

/** Students of one home language. */
export class LanguageCount extends DatedCount {
  @IsLanguageTag() language!: string;
}

/** Students of one group. They may be in several. */
export class GroupCount extends DatedCount {
  @IsIn(groupIds) group!: GroupId;
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
  /** Absent: the district has no home languages counted, so there is no denominator for any. */
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => LanguageCount)
  byLanguage?: LanguageCount[];
  /** A group that is not named has no denominator; one without students is named with 0. */
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => GroupCount) byGroup?: GroupCount[];
  @IsInstant() at!: string;
}

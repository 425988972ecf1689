import { Type } from 'class-transformer';
import { Equals, IsArray, IsBoolean, IsIn, IsString, Length, ValidateNested } from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant } from '../rules.js';

export const personGroups = ['student', 'staff', 'family'] as const;
/** What a person is to an organisation. */
export type PersonGroup = (typeof personGroups)[number];

/** That a person is something to an organisation. */
export class PersonRole {
  @IsId() orgId!: string;
  @IsIn(personGroups) group!: PersonGroup;
}

/**
 * Who belongs where, and who speaks for whom: the whole of it each time, under ids of our own. On a topic of its own,
 * so that only services that need to know of people read of them. No name, no address, no id of the information system.
 */
export class PersonLinked {
  static readonly type = 'person.linked';
  static readonly contract: Contract = {
    version: 1,
    publishers: ['roster'],
    key: 'personId',
    topic: 'people',
  };

  @Equals('person.linked') readonly type = 'person.linked' as const;
  @IsId() personId!: string;
  /** None: the roster has this person no more. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => PersonRole) roles!: PersonRole[];
  /** The students for whom a guardian speaks. */
  @IsArray() @IsString({ each: true }) @Length(1, 128, { each: true }) speaksFor!: string[];
  /** Whether the account is in use: one that is switched off is neither deleted nor missing. */
  @IsBoolean() enabled!: boolean;
  @IsInstant() at!: string;
}

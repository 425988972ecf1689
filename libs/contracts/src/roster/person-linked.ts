import { Equals, IsArray, IsBoolean, IsString, Length } from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant } from '../rules.js';

/**
 * Who belongs where, and who speaks for whom: the whole of it each time, under ids of our own. On a topic of its own,
 * so that only services that need to know of people read of them. No name, no address, no id of the information system.
 * Somebody who is student, staff and family nowhere is in the roster no more.
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
  /** Organisations. */
  @IsArray() @IsString({ each: true }) @Length(1, 128, { each: true }) studentAt!: string[];
  @IsArray() @IsString({ each: true }) @Length(1, 128, { each: true }) staffAt!: string[];
  /** A guardian is family at the schools of their students, too. */
  @IsArray() @IsString({ each: true }) @Length(1, 128, { each: true }) familyAt!: string[];
  /** The students for whom a guardian speaks. */
  @IsArray() @IsString({ each: true }) @Length(1, 128, { each: true }) speaksFor!: string[];
  /** Whether the account is in use: one that is switched off is neither deleted nor missing. */
  @IsBoolean() enabled!: boolean;
  @IsInstant() at!: string;
}

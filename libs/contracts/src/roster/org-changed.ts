import { Equals, IsBoolean, IsIn, IsOptional, IsString, Length } from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant } from '../rules.js';
import { levels } from '../words.js';
import type { Level } from '../words.js';

/** An organisation was added, renamed, moved or closed. Goes to every service. */
export class OrgChanged {
  static readonly type = 'org.changed';
  static readonly contract: Contract = { version: 1, publishers: ['roster'], key: 'orgId' };

  @Equals('org.changed') readonly type = 'org.changed' as const;
  @IsId() orgId!: string;
  @IsString() @Length(1, 300) name!: string;
  @IsIn(levels) level!: Level;
  /** The organisation above; none at the top. */
  @IsOptional() @IsId() parentId?: string;
  /** Closed organisations take no new input; their loops go on. */
  @IsBoolean() active!: boolean;
  @IsInstant() at!: string;
}

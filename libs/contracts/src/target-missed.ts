import { Equals, IsIn, IsOptional } from 'class-validator';
import type { Contract } from './contract.js';
import { IsId, IsInstant } from './rules.js';
import { origins, steps } from './words.js';
import type { Origin, Step } from './words.js';

/** A step was not done in time. The next level is told; the miss belongs to who held it on the day due. Once a target. */
export class TargetMissed {
  static readonly type = 'target.missed';
  static readonly contract: Contract = {
    version: 1,
    publishers: ['casework', 'family-council'],
    key: 'inputId',
  };

  @Equals('target.missed') readonly type = 'target.missed' as const;
  @IsId() inputId!: string;
  @IsIn(origins) origin!: Origin;
  @IsIn(steps) step!: Step;
  @IsInstant() dueAt!: string;
  /** Who held it on the day due. */
  @IsOptional() @IsId() teamId?: string;
  /** The organisation of the next level that was told. */
  @IsOptional() @IsId() escalatedTo?: string;
  @IsInstant() at!: string;
}

import { Equals, IsInt, Min } from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant } from '../rules.js';

/** An answer is with a representative, who owes the families a report by `dueAt`. */
export class ReportBackOwed {
  static readonly type = 'report-back.owed';
  static readonly contract: Contract = { version: 1, publishers: ['family-council'], key: 'inputId' };

  @Equals('report-back.owed') readonly type = 'report-back.owed' as const;
  @IsId() inputId!: string;
  @IsInt() @Min(1) answerNo!: number;
  @IsInstant() dueAt!: string;
  @IsInstant() at!: string;
}

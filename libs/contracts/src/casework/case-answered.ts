import { Equals, IsIn, IsInt, IsISO8601, IsOptional, Min } from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant, IsLanguageTag, IsSealed } from '../rules.js';
import { origins, outcomes, participationLevels } from '../words.js';
import type { Origin, Outcome, Participation } from '../words.js';
import type { Translation } from '../origins/input-message.js';

/** The team's answer to one input. A case of n inputs publishes n of these. */
export class CaseAnswered {
  static readonly type = 'case.answered';
  static readonly contract: Contract = { version: 1, publishers: ['casework'], key: 'inputId' };

  @Equals('case.answered') readonly type = 'case.answered' as const;
  @IsId() inputId!: string;
  @IsIn(origins) origin!: Origin;
  @IsId() caseId!: string;
  @IsId() teamId!: string;
  /** Counts the answers of this input from 1; a higher one replaces the lower. */
  @IsInt() @Min(1) answerNo!: number;
  @IsIn(outcomes) outcome!: Outcome;
  @IsIn(participationLevels) participation!: Participation;
  @IsLanguageTag() language!: string;
  /** A date in the district's time zone; owed when the outcome is `planned`. */
  @IsOptional() @IsISO8601({ strict: true }) promiseDate?: string;
  /** The input whose answer already settles this one; owed when `already answered`. */
  @IsOptional() @IsId() answerRef?: string;
  @IsOptional() @IsId() decisionId?: string;
  @IsId() by!: string;
  @IsInstant() at!: string;
  /** AnswerWords. */
  @IsSealed() sealed!: string;
}

/** What `sealed` of case.answered holds. */
export interface AnswerWords {
  text: string;
  translations?: Translation[];
  /** How the input shaped this answer; owed at *consult* or above. */
  shapedBy?: string;
  /** Owed when declined. */
  reason?: string;
  /** The body outside the installation, and how to reach it; owed when not ours. */
  handedTo?: string;
}

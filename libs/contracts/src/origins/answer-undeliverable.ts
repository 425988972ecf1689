import { Equals, IsIn, IsInt, IsString, Length, Min } from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant } from '../rules.js';
import { channels, origins } from '../words.js';
import type { Channel } from '../words.js';

/** A channel refused an answer for good. The receipt page still shows it; the team is told. */
export class AnswerUndeliverable {
  static readonly type = 'answer.undeliverable';
  static readonly contract: Contract = { version: 1, publishers: origins, key: 'inputId' };

  @Equals('answer.undeliverable') readonly type = 'answer.undeliverable' as const;
  @IsId() inputId!: string;
  @IsInt() @Min(1) answerNo!: number;
  @IsIn(channels) channel!: Channel;
  /** The channel's own code, never an address: for example `550`. */
  @IsString() @Length(1, 64) reason!: string;
  @IsInstant() at!: string;
}

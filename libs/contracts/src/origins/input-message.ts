import { Equals, IsInt, Min } from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant, IsLanguageTag, IsSealed } from '../rules.js';
import { origins } from '../words.js';

/** The originator wrote to the team. Ends any waiting for them. */
export class InputMessage {
  static readonly type = 'input.message';
  static readonly contract: Contract = { version: 1, publishers: origins, key: 'inputId' };

  @Equals('input.message') readonly type = 'input.message' as const;
  @IsId() inputId!: string;
  /** Counts the originator's messages of this input from 1. */
  @IsInt() @Min(1) messageNo!: number;
  @IsLanguageTag() language!: string;
  @IsInstant() at!: string;
  /** MessageWords. */
  @IsSealed() sealed!: string;
}

/** What `sealed` of a message holds, in either direction. */
export interface MessageWords {
  text: string;
  translations?: Translation[];
}

/** The same words in another language, and whether a person or a service translated them. */
export interface Translation {
  language: string;
  text: string;
  by: 'person' | 'service';
}

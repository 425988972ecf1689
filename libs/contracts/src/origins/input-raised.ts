import {
  ArrayMaxSize,
  Equals,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Max,
  Min,
} from 'class-validator';
import type { Contract } from '../contract.js';
import { IsId, IsInstant, IsLanguageTag, IsSealed } from '../rules.js';
import { kinds, lanes, origins, relations, roles } from '../words.js';
import type { Kind, Lane, Origin, Relation, Role } from '../words.js';

/** An origin took an input; published after the write that the originator was answered for. Once an input. */
export class InputRaised {
  static readonly type = 'input.raised';
  static readonly contract: Contract = { version: 1, publishers: origins, key: 'inputId' };

  @Equals('input.raised') readonly type = 'input.raised' as const;
  @IsId() inputId!: string;
  @IsIn(origins) origin!: Origin;
  /** The organisation that it concerns. */
  @IsId() orgId!: string;
  /** One of casework's published topics. */
  @IsId() topic!: string;
  @IsIn(kinds) kind!: Kind;
  /** `restricted` goes to the safeguarding team alone. */
  @IsIn(lanes) lane!: Lane;
  /** The people it stands for, as declared: 1 for one person, n for a theme or a carried concern. */
  @IsInt() @Min(1) @Max(1_000_000) voices!: number;
  @IsOptional() @IsIn(roles) role?: Role;
  @IsLanguageTag() language!: string;
  @IsBoolean() anonymous!: boolean;
  /** Whether there is a way to the originator besides the receipt. */
  @IsBoolean() reachable!: boolean;
  /** Present when someone else entered it for the originator. */
  @IsOptional() @IsIn(relations) onBehalfOf?: Relation;
  /** Team ids, or `school`, that may neither open, find nor count it. */
  @IsArray() @ArrayMaxSize(20) @IsString({ each: true }) notSeenBy!: string[];
  /** Clocks run from here. */
  @IsInstant() raisedAt!: string;
  /** When it was said, for paper, offline and on-behalf entries. */
  @IsOptional() @IsInstant() heardAt?: string;
  /** A closed input of the same originator that this one follows. */
  @IsOptional() @IsId() linkedTo?: string;
  /** InputWords. */
  @IsSealed() sealed!: string;
}

/** What `sealed` of input.raised holds. */
export interface InputWords {
  text: string;
  /** Only for named inputs. */
  name?: string;
  /** Only on behalf of another: whether that person agreed. False: they were not asked. */
  agreed?: boolean;
}

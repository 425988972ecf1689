import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  IsBoolean,
  IsEmail,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Length,
  MaxLength,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import {
  HasWords,
  IsId,
  IsInstant,
  IsLanguageTag,
  channels,
  kinds,
  relations,
  roles,
  topicIds,
} from '#contracts';
import type { Channel, Kind, Relation, Role } from '#contracts';

/** Blanks around words are nobody's words. Anything but a string goes on as it is, to be refused. */
export const Trimmed = () =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

const isTeamIds = (value: unknown): boolean =>
  value === 'school' ||
  (Array.isArray(value) &&
    value.length <= 20 &&
    value.every((id: unknown) => typeof id === 'string' && id.length >= 1 && id.length <= 128));

export class ContactRequest {
  @IsIn(channels) channel!: Channel;
  /** Where to reach them on that channel; kept encrypted, in intake alone. */
  @Trimmed() @IsEmail() @MaxLength(254) address!: string;
  /** Whether the words of an answer may stand in the message; otherwise it only says that there is one. */
  @IsBoolean() textInMessage!: boolean;
}

export class OnBehalfRequest {
  @IsIn(relations) relation!: Relation;
  /** Whether the person agreed. False: they were not asked; the input is taken, and its team reads that. */
  @IsBoolean() agreed!: boolean;
  /** Who holds the receipt: `them`, the one it is about, or `me`, who brings them the answer. */
  @IsIn(['them', 'me']) receiptTo!: 'them' | 'me';
}

export class RaiseInputRequest {
  /** The organisation that it is about. */
  @IsId() orgId!: string;
  @IsIn(topicIds) topic!: string;
  @IsIn(kinds) kind!: Kind;
  /** 1 to 10,000 characters. */
  @HasWords() @Trimmed() @IsString() @Length(1, 10_000) text!: string;
  /** Who speaks, as they say themselves. */
  @IsIn(roles) role!: Role;
  @IsLanguageTag() language!: string;
  @IsBoolean() anonymous!: boolean;
  /** Not with `anonymous`. */
  @IsOptional() @HasWords() @Trimmed() @IsString() @Length(1, 200) name?: string;
  /** Also for anonymous input: we can reach you, no team sees who. */
  @IsOptional() @IsObject() @ValidateNested() @Type(() => ContactRequest) contact?: ContactRequest;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => OnBehalfRequest) onBehalfOf?: OnBehalfRequest;
  /** Ids of teams, or `school`, that can neither open, find nor count it. */
  @IsOptional()
  @ValidateBy({
    name: 'teamIds',
    validator: {
      validate: isTeamIds,
      defaultMessage: () => "notSeenBy must be up to 20 team ids, or 'school'",
    },
  })
  @ApiProperty({
    required: false,
    oneOf: [
      { type: 'array', maxItems: 20, items: { type: 'string', minLength: 1, maxLength: 128 } },
      { type: 'string', enum: ['school'] },
    ],
  })
  notSeenBy?: string[] | 'school';
  /** When it was said: at most 60 days back. */
  @IsOptional() @IsInstant() heardAt?: string;
  /** Only with the role `import`: when it was raised where it comes from. */
  @IsOptional() @IsInstant() raisedAt?: string;
  /** A closed input of the same originator that this one follows. */
  @IsOptional() @IsId() linkedTo?: string;
}

/** 201 of a raised input. */
export class RaisedInput {
  inputId!: string;
  /** The secret code with which it is followed; told once, stored nowhere. */
  receipt!: string;
  /** The receipt page, with the code in the fragment. */
  statusUrl!: string;
  /** Only on behalf of another. `them`: give them this receipt. */
  receiptTo?: 'them' | 'me';
}

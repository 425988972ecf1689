import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsISO8601, IsString, Length, Matches, ValidateBy } from 'class-validator';
import type { ValidationOptions } from 'class-validator';

/** A compact JWE: five base64url parts, the second empty because the key is agreed beforehand (`dir`). */
const compactJwe = /^[\w-]+\.\.[\w-]+\.[\w-]*\.[\w-]+$/;

/** Free text or names, encrypted under the key of its input; never readable on a topic. */
export const IsSealed = () =>
  applyDecorators(
    IsString(),
    Matches(compactJwe, { message: '$property must be sealed (a compact JWE)' }),
    ApiProperty({ type: String, format: 'jwe' }),
  );

/** RFC 3339 in UTC. ISO 8601 alone has week dates and ordinal dates, too, which JavaScript does not read. */
const rfc3339 = /^\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;

/** An instant: RFC 3339 in UTC with milliseconds, for example `2026-11-22T08:30:00.000Z`. */
export const IsInstant = () =>
  applyDecorators(
    IsISO8601({ strict: true, strictSeparator: true }),
    Matches(rfc3339, { message: '$property must be an instant in UTC such as 2026-11-22T08:30:00Z' }),
    ApiProperty({ type: String, format: 'date-time' }),
  );

/** An id: of an input, a case, an organisation, a team or a person. */
export const IsId = () => applyDecorators(IsString(), Length(1, 128));

/** Neither a blank nor a control nor a character that shows nothing, such as a zero-width space or a Hangul filler. */
const shown = /[^\s\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Whether a text says anything that can be read. */
export const hasWords = (text: string): boolean => shown.test(text);

/** Text that can be read: what shows nothing is as empty as no text. For a list with `each`, every one of it. */
export const HasWords = (options?: ValidationOptions) =>
  ValidateBy(
    {
      name: 'hasWords',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && hasWords(value),
        defaultMessage: () => '$property must have words',
      },
    },
    options,
  );

const languageTag = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/;

export const isLanguageTag = (text: string): boolean => languageTag.test(text);

/** A language tag of BCP 47, for example `es` or `zh-Hant`. */
export const IsLanguageTag = () =>
  applyDecorators(
    IsString(),
    Matches(languageTag, {
      message: '$property must be a language tag such as en or es',
    }),
  );

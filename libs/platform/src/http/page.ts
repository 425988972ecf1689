import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';

/** Decimal digits alone: `0x10`, `1e2` and a blank are no numbers of a list. Whatever is left a string is refused. */
const decimal = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;

/** `limit` and `cursor` of every list. */
export class PageQuery {
  @ApiProperty({ required: false })
  @IsOptional()
  @Transform(decimal)
  @Min(1)
  @Max(200)
  // The nearest rule is checked first, and named: what is no number is not told that it is too large.
  @IsInt()
  limit: number = 50;
  /** The `next` of the page before. */
  @IsOptional() @IsString() @Length(1, 500) cursor?: string;
}

/** A page of a list; `next` is absent on the last one. */
export interface Page<T> {
  items: T[];
  next?: string;
}

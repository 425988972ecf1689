import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';

/** `limit` and `cursor` of every list. */
export class PageQuery {
  @ApiProperty({ required: false })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit: number = 50;
  /** The `next` of the page before. */
  @IsOptional() @IsString() @Length(1, 500) cursor?: string;
}

/** A page of a list; `next` is absent on the last one. */
export interface Page<T> {
  items: T[];
  next?: string;
}

import { applyDecorators } from '@nestjs/common';
import { IsISO8601, Matches } from 'class-validator';

/** A day that exists, for example `2027-02-28`. */
export const IsDate = () =>
  applyDecorators(
    IsISO8601({ strict: true }, { message: '$property must be a day that exists' }),
    Matches(/^\d{4}-\d{2}-\d{2}$/, { message: '$property must be a date such as 2027-02-28' }),
  );

import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from '@nestjs/common';
import { Problem } from './problem.js';
import type { FieldError } from './problem.js';

/** Request classes are checked whole: unknown fields are refused, every broken rule is named. */
export function requestValidation(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
    exceptionFactory: (errors) => {
      const fields = errors.flatMap((error) => fieldErrors(error, ''));
      return new Problem(422, undefined, { detail: fields.map((f) => f.message).join(' '), errors: fields });
    },
  });
}

/** Flattens class-validator's tree to `answers.2.yes` paths. */
export function fieldErrors(error: ValidationError, above: string): FieldError[] {
  const field = above ? `${above}.${error.property}` : error.property;
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) =>
    rule === 'whitelistValidation'
      ? { field, rule: 'unknown-field', message: `${field} is not a field of this request.` }
      : { field, rule, message: sentence(above ? message.replaceAll(error.property, field) : message) },
  );
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, field))];
}

function sentence(message: string): string {
  return message.endsWith('.') ? message : `${message}.`;
}

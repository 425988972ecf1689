import { ValidationPipe } from '@nestjs/common';
import type { Type, ValidationError } from '@nestjs/common';
import type { ValidatorOptions } from 'class-validator';
import { Problem } from './problem.js';
import type { FieldError } from './problem.js';
import { quickCheckOf } from './quick-check.js';

/** Request classes are checked whole: unknown fields are refused, every broken rule is named. */
export function requestValidation(): ValidationPipe {
  return new QuickValidationPipe({
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

/** Asks the long way only about requests that the quick check does not let through. */
class QuickValidationPipe extends ValidationPipe {
  protected override validate(request: object, options?: ValidatorOptions) {
    const passes = quickCheckOf(request.constructor as Type<unknown>);
    return passes(request as Record<string, unknown>, true) ? [] : super.validate(request, options);
  }
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

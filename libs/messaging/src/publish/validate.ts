import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { ValidationError } from 'class-validator';
import type { EventClass } from '#contracts';
import { quickCheckOf } from '#platform';

/** A payload that breaks its contract: a defect of its publisher, or of this build. */
export class ContractBroken extends Error {
  override readonly name = 'ContractBroken';
}

/**
 * Holds a payload against its class. A publisher may send nothing its contract does not know (`strict`); a reader
 * ignores additions of a later version.
 */
export function validateEvent(contract: EventClass, data: object, strict: boolean): void {
  if (quickCheckOf(contract)(data as Record<string, unknown>, strict)) return;
  const errors = validateSync(plainToInstance(contract, data) as object, {
    whitelist: strict,
    forbidNonWhitelisted: strict,
    stopAtFirstError: true,
  });
  if (errors.length > 0) throw new ContractBroken(`${contract.type}: ${errors.map(reason).join('; ')}`);
}

function reason(error: ValidationError): string {
  const own = Object.values(error.constraints ?? {});
  return [...own, ...(error.children ?? []).map((child) => `${error.property}.${reason(child)}`)].join(', ');
}

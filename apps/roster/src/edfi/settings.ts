import { checkAddress, checkWhole } from '../http/check-settings.js';
import type { BrokenSetting } from '../http/check-settings.js';
import { checkSecret } from '../http/secret.js';
import type { SecretRef } from '../http/secret.js';

/** How an Ed-Fi ODS/API is reached. */
export interface EdFiSettings {
  /**
   * Where the API begins, such as `https://host/v7.1/api`; `/data/v3/ed-fi` is added. An address that has `/data/v3` in
   * it already is taken as it is: an API with a year in its path is `https://host/api/data/v3/2027`.
   */
  baseUrl: string;
  /** Where a client's key and secret are exchanged for a token: `https://host/v7.1/api/oauth/token`. */
  tokenUrl: string;
  /** The key of the API client; it needs to read only. */
  clientId: string;
  secret: SecretRef;
  /** The school year by its last part (2027 is 2026/27): enrolments that name another year are left out. */
  schoolYear?: number;
  /** Rows asked for at once, 2 to 500, which is what an ODS/API gives at most by default; 500 when left out. */
  pageSize?: number;
  /** For one request with its answer, in milliseconds, 100 to 600 000; 60 000 when left out. */
  timeoutMs?: number;
}

export const defaults = { pageSize: 500, timeoutMs: 60_000 } as const;

/** All that is wrong with settings, whatever was sent as such; empty when they can be used. */
export function checkSettings(settings: unknown): BrokenSetting[] {
  if (typeof settings !== 'object' || settings === null)
    return [{ field: '', rule: 'object', message: 'the settings of Ed-Fi must be an object' }];
  const given = settings as Record<keyof EdFiSettings, unknown>;
  return [
    checkAddress('baseUrl', given.baseUrl),
    checkAddress('tokenUrl', given.tokenUrl),
    checkClientId(given.clientId),
    checkSecret('secret', given.secret),
    checkWhole('schoolYear', given.schoolYear, 1990, 2100),
    checkWhole('pageSize', given.pageSize, 2, 500),
    checkWhole('timeoutMs', given.timeoutMs, 100, 600_000),
  ].filter((broken) => broken !== undefined);
}

function checkClientId(value: unknown): BrokenSetting | undefined {
  // A colon would end the key and begin the secret in the header that carries both.
  if (typeof value === 'string' && /^[\x21-\x39\x3b-\x7e]{1,200}$/.test(value)) return undefined;
  const message = 'clientId must be the key of the API client: 1 to 200 characters, no spaces, no colon';
  return { field: 'clientId', rule: 'pattern', message };
}

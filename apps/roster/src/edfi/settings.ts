import { checkSecret } from '../http/secret.js';
import type { BrokenSetting, SecretRef } from '../http/secret.js';

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
    checkUrl('baseUrl', given.baseUrl),
    checkUrl('tokenUrl', given.tokenUrl),
    checkClientId(given.clientId),
    checkSecret('secret', given.secret),
    checkWhole('schoolYear', given.schoolYear, 1990, 2100),
    checkWhole('pageSize', given.pageSize, 2, 500),
    checkWhole('timeoutMs', given.timeoutMs, 100, 600_000),
  ].filter((broken) => broken !== undefined);
}

function checkUrl(field: string, value: unknown): BrokenSetting | undefined {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol))
    return { field, rule: 'url', message: `${field} must be an address such as https://host/v7.1/api` };
  if (url.protocol === 'http:' && !isThisMachine(url))
    return { field, rule: 'https', message: `${field} must begin with https://` };
  if (url.username || url.password)
    return { field, rule: 'credentials', message: `${field} must not have a name or password in it` };
  if (url.search || url.hash)
    return { field, rule: 'plain', message: `${field} must end before the first ? or #` };
  return undefined;
}

function isThisMachine({ hostname }: URL): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

function checkClientId(value: unknown): BrokenSetting | undefined {
  // A colon would end the key and begin the secret in the header that carries both.
  if (typeof value === 'string' && /^[\x21-\x39\x3b-\x7e]{1,200}$/.test(value)) return undefined;
  const message = 'clientId must be the key of the API client: 1 to 200 characters, no spaces, no colon';
  return { field: 'clientId', rule: 'pattern', message };
}

function checkWhole(field: string, value: unknown, least: number, most: number): BrokenSetting | undefined {
  if (value === undefined) return undefined;
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return undefined;
  return { field, rule: 'range', message: `${field} must be a whole number from ${least} to ${most}` };
}

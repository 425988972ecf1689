import { checkSecret } from '../http/secret.js';
import type { BrokenSetting, SecretRef } from '../http/secret.js';
import { isAllowedTarget } from '../http/target.js';
import type { OneRosterVersion } from '../oneroster/columns.js';

/** How a service knows who asks. OAuth 1 is of OneRoster 1.1 alone. */
export type Auth =
  | { kind: 'oauth2'; tokenUrl: string; clientId: string; secret: SecretRef; scope?: string }
  | { kind: 'oauth1'; key: string; secret: SecretRef }
  | { kind: 'proxy-key'; header: string; secret: SecretRef };

/** How a OneRoster service is reached. */
export interface OneRosterRestSettings {
  /** Up to and with the version: `https://host/ims/oneroster/v1p1`, `https://host/ims/oneroster/rostering/v1p2`. */
  baseUrl: string;
  version: OneRosterVersion;
  auth: Auth;
  /** Rows asked for at once, 10 to 5000; 1000 when left out. */
  pageSize?: number;
  /** For one request with its answer, in milliseconds, 100 to 600 000; 60 000 when left out. */
  timeoutMs?: number;
}

export const defaults = { pageSize: 1_000, timeoutMs: 60_000 } as const;

/** All that is wrong with settings, whatever was sent as such; empty when they can be used. */
export function checkSettings(settings: unknown): BrokenSetting[] {
  const { baseUrl, version, auth, pageSize, timeoutMs } = (settings ?? {}) as Record<string, unknown>;
  return [
    checkAddress('baseUrl', baseUrl),
    version === '1.1' || version === '1.2'
      ? undefined
      : broken('version', 'vocabulary', 'must be 1.1 or 1.2'),
    ...checkAuth(auth, version),
    checkWhole('pageSize', pageSize, 10, 5_000),
    checkWhole('timeoutMs', timeoutMs, 100, 600_000),
  ].filter((one) => one !== undefined);
}

function checkAuth(auth: unknown, version: unknown): (BrokenSetting | undefined)[] {
  const { kind, tokenUrl, clientId, scope, key, header, secret } = (auth ?? {}) as Record<string, unknown>;
  const held = checkSecret('auth.secret', secret);
  switch (kind) {
    case 'oauth2':
      return [
        checkAddress('auth.tokenUrl', tokenUrl),
        checkText('auth.clientId', clientId),
        scope === undefined ? undefined : checkText('auth.scope', scope),
        held,
      ];
    case 'oauth1':
      return [
        version === '1.1'
          ? undefined
          : broken('auth.kind', 'version', 'can be oauth1 with OneRoster 1.1 only'),
        checkText('auth.key', key),
        held,
      ];
    case 'proxy-key':
      return [
        typeof header === 'string' && /^[A-Za-z][A-Za-z0-9-]{0,60}$/.test(header)
          ? undefined
          : broken('auth.header', 'pattern', 'must be the name of a header, such as x-api-key'),
        held,
      ];
    default:
      return [broken('auth.kind', 'vocabulary', 'must be oauth2, oauth1 or proxy-key')];
  }
}

function checkAddress(field: string, value: unknown): BrokenSetting | undefined {
  if (typeof value === 'string' && isAllowedTarget(value) && !/[?#]/.test(value)) return undefined;
  return broken(field, 'url', 'must be an https address without a password, ? or # in it');
}

function checkText(field: string, value: unknown): BrokenSetting | undefined {
  const isText = typeof value === 'string' && /^[\x21-\x7e](?:[\x20-\x7e]{0,998}[\x21-\x7e])?$/.test(value);
  return isText ? undefined : broken(field, 'text', 'must be 1 to 1000 plain characters');
}

function checkWhole(field: string, value: unknown, least: number, most: number): BrokenSetting | undefined {
  if (value === undefined) return undefined;
  const isWhole = Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
  return isWhole ? undefined : broken(field, 'range', `must be a whole number from ${least} to ${most}`);
}

function broken(field: string, rule: string, must: string): BrokenSetting {
  return { field, rule, message: `${field} ${must}` };
}

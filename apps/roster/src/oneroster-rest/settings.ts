import type { ClientCredentials } from '../http/bearer-token.js';
import { checkAddress, checkWhole } from '../http/check-settings.js';
import type { BrokenSetting } from '../http/check-settings.js';
import { checkSecret } from '../http/secret.js';
import type { SecretRef } from '../http/secret.js';
import type { OneRosterVersion } from '../oneroster/columns.js';

/** How to reach an SIS's OneRoster REST service. Plain JSON; secrets are named, never held. */
export interface OneRosterRestSettings {
  /** Up to and including the version, such as `https://sis.example.org/ims/oneroster/rostering/v1p2`. */
  baseUrl: string;
  version: OneRosterVersion;
  auth: Auth;
  /** Rows asked for at once, 1 to 5000; 1000 unless told. A service may give fewer. */
  pageSize?: number;
  /** How long one page may take, in ms, 1 to 600,000; 30,000 unless told. */
  timeoutMs?: number;
}

export type Auth = OAuth2Auth | OAuth1Auth | ProxyKeyAuth;

export interface OAuth2Auth extends ClientCredentials {
  kind: 'oauth2';
  sentIn?: 'header' | 'body';
}

/** OAuth 1.0a without a token (RFC 5849); OneRoster 1.1 only. */
export interface OAuth1Auth {
  kind: 'oauth1';
  key: string;
  secret: SecretRef;
  /** HMAC-SHA256 unless told. */
  signature?: OAuth1Signature;
}
export type OAuth1Signature = 'HMAC-SHA256' | 'HMAC-SHA1';

/** A key in a header of its own, as gateways in front of an SIS ask for. */
export interface ProxyKeyAuth {
  kind: 'proxy-key';
  header: string;
  secret: SecretRef;
}

export const pageSizes = { default: 1000, most: 5000 } as const;
export const timeouts = { default: 30_000, most: 600_000 } as const;

const fields = ['baseUrl', 'version', 'auth', 'pageSize', 'timeoutMs'];
const fieldsOfAuth = new Map<unknown, string[]>([
  ['oauth2', ['kind', 'tokenUrl', 'clientId', 'secret', 'scope', 'sentIn']],
  ['oauth1', ['kind', 'key', 'secret', 'signature']],
  ['proxy-key', ['kind', 'header', 'secret']],
]);
/** Headers that belong to the connection, not to whoever asks. */
const reserved = [
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'te',
  'upgrade',
  'expect',
  'trailer',
];

/** Everything that is wrong with settings as they came from a caller; empty when they can be used. */
export function checkSettings(settings: unknown): BrokenSetting[] {
  if (!isObject(settings)) return [{ field: '', rule: 'object', message: 'Settings must be an object' }];
  const { version, baseUrl, pageSize, timeoutMs, auth } = settings;
  const isVersion = version === '1.1' || version === '1.2';
  const inPath = typeof baseUrl === 'string' ? /\/v1p(\d+)\/*$/.exec(baseUrl)?.[1] : undefined;
  return [
    ...unknownFields(settings, fields, ''),
    isVersion || no('version', 'oneOf', 'version must be 1.1 or 1.2'),
    checkAddress('baseUrl', baseUrl),
    inPath === undefined ||
      !isVersion ||
      `1.${inPath}` === version ||
      no('baseUrl', 'version', `baseUrl is that of OneRoster 1.${inPath}, version says ${version}`),
    checkWhole('pageSize', pageSize, 1, pageSizes.most),
    checkWhole('timeoutMs', timeoutMs, 1, timeouts.most),
    ...(isObject(auth)
      ? checkAuth(auth, version)
      : [no('auth', 'object', 'auth must be an object with a kind')]),
  ].filter(isBroken);
}

/** What a check says: `true` or nothing when the field keeps it. */
type Checked = BrokenSetting | true | undefined;

function isBroken(checked: Checked): checked is BrokenSetting {
  return typeof checked === 'object';
}

function no(field: string, rule: string, message: string): BrokenSetting {
  return { field, rule, message };
}

function checkAuth(auth: Record<string, unknown>, version: unknown): Checked[] {
  const { kind, secret, tokenUrl, clientId, scope, sentIn, key, signature, header } = auth;
  const known = fieldsOfAuth.get(kind);
  if (!known)
    return [no('auth.kind', 'oneOf', `auth.kind must be one of: ${[...fieldsOfAuth.keys()].join(', ')}`)];
  const both = [...unknownFields(auth, known, 'auth.'), checkSecret('auth.secret', secret)];
  if (kind === 'oauth2') {
    return [
      ...both,
      checkAddress('auth.tokenUrl', tokenUrl, 'with query'),
      checkText('auth.clientId', clientId),
      scope === undefined || checkText('auth.scope', scope),
      checkOneOf('auth.sentIn', sentIn, ['header', 'body']),
    ];
  }
  if (kind === 'oauth1') {
    return [
      ...both,
      version !== '1.2' || no('auth.kind', 'version', 'OneRoster 1.2 has no OAuth 1.0a; use oauth2'),
      checkText('auth.key', key),
      checkOneOf('auth.signature', signature, ['HMAC-SHA256', 'HMAC-SHA1']),
    ];
  }
  return [...both, checkHeader(header)];
}

function checkHeader(header: unknown): Checked {
  if (typeof header !== 'string' || !/^[a-z][a-z0-9-]{0,63}$/i.test(header))
    return no('auth.header', 'name', 'auth.header must be a header name such as X-Api-Key');
  if (!reserved.includes(header.toLowerCase())) return true;
  return no('auth.header', 'reserved', `auth.header must not be ${header}, which belongs to the connection`);
}

function checkOneOf(field: string, value: unknown, words: string[]): Checked {
  if (value === undefined || words.some((word) => word === value)) return true;
  return no(field, 'oneOf', `${field} must be ${words.join(' or ')}`);
}

function checkText(field: string, value: unknown): Checked {
  if (typeof value === 'string' && /^[\x20-\x7e]{1,1000}$/.test(value)) return true;
  return no(field, 'text', `${field} must be 1 to 1000 printable ASCII characters`);
}

/** Refused rather than ignored: the likeliest one is a secret in the clear. */
function unknownFields(object: Record<string, unknown>, known: string[], path: string): BrokenSetting[] {
  return Object.keys(object)
    .filter((name) => !known.includes(name))
    .map((name) =>
      no(`${path}${name}`.slice(0, 80), 'unknown', `Leave this out; there are ${known.join(', ')}`),
    );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

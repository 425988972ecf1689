import type { OneRosterVersion } from '../oneroster/columns.js';
import { secretRefBroken } from './secret.js';
import type { SecretRef } from './secret.js';

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

/** Client credentials (RFC 6749, 4.4). */
export interface OAuth2Auth {
  kind: 'oauth2';
  tokenUrl: string;
  clientId: string;
  secret: SecretRef;
  /** Scopes separated by spaces; what is not named the token service decides. */
  scope?: string;
  /** Where client id and secret are sent: in the header, as the standard asks for, unless the service cannot. */
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

export interface SettingsError {
  field: string;
  rule: string;
  message: string;
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
export function checkSettings(settings: unknown): SettingsError[] {
  const errors: SettingsError[] = [];
  const no = (field: string, rule: string, message: string): void =>
    void errors.push({ field, rule, message });
  if (!isObject(settings)) return [{ field: '', rule: 'object', message: 'Settings must be an object' }];
  unknownFields(settings, fields, '', no);

  const { version, baseUrl, pageSize, timeoutMs, auth } = settings;
  if (version !== '1.1' && version !== '1.2') no('version', 'oneOf', 'version must be 1.1 or 1.2');
  checkAddress(baseUrl, 'baseUrl', no);
  const inPath = typeof baseUrl === 'string' ? /\/v1p(\d+)\/*$/.exec(baseUrl)?.[1] : undefined;
  if (inPath !== undefined && (version === '1.1' || version === '1.2') && `1.${inPath}` !== version) {
    no('baseUrl', 'version', `baseUrl is that of OneRoster 1.${inPath}, version says ${version}`);
  }
  checkNumber(pageSize, 'pageSize', pageSizes.most, no);
  checkNumber(timeoutMs, 'timeoutMs', timeouts.most, no);
  if (!isObject(auth)) no('auth', 'object', 'auth must be an object with a kind');
  else checkAuth(auth, version, no);
  return errors;
}

type No = (field: string, rule: string, message: string) => void;

function checkAuth(auth: Record<string, unknown>, version: unknown, no: No): void {
  const known = fieldsOfAuth.get(auth['kind']);
  if (!known)
    return no('auth.kind', 'oneOf', `auth.kind must be one of: ${[...fieldsOfAuth.keys()].join(', ')}`);
  unknownFields(auth, known, 'auth.', no);
  const secret = secretRefBroken(auth['secret']);
  if (secret) no('auth.secret', secret.rule, secret.message);
  const { kind, tokenUrl, clientId, scope, sentIn, key, signature, header } = auth;
  if (kind === 'oauth2') {
    checkAddress(tokenUrl, 'auth.tokenUrl', no, 'with query');
    checkText(clientId, 'auth.clientId', no);
    if (scope !== undefined) checkText(scope, 'auth.scope', no);
    if (sentIn !== undefined && sentIn !== 'header' && sentIn !== 'body')
      no('auth.sentIn', 'oneOf', 'auth.sentIn must be header or body');
  } else if (kind === 'oauth1') {
    if (version === '1.2') no('auth.kind', 'version', 'OneRoster 1.2 has no OAuth 1.0a; use oauth2');
    checkText(key, 'auth.key', no);
    if (signature !== undefined && signature !== 'HMAC-SHA256' && signature !== 'HMAC-SHA1')
      no('auth.signature', 'oneOf', 'auth.signature must be HMAC-SHA256 or HMAC-SHA1');
  } else if (typeof header !== 'string' || !/^[a-z][a-z0-9-]{0,63}$/i.test(header)) {
    no('auth.header', 'name', 'auth.header must be a header name such as X-Api-Key');
  } else if (reserved.includes(header.toLowerCase())) {
    no('auth.header', 'reserved', `auth.header must not be ${header}, which belongs to the connection`);
  }
}

function checkAddress(address: unknown, field: string, no: No, query?: 'with query'): void {
  const url = typeof address === 'string' ? URL.parse(address) : null;
  if (!url) no(field, 'url', `${field} must be an address such as https://sis.example.org/…`);
  else if (!isSecure(url))
    no(field, 'https', `${field} must begin with https:// (http only for this machine itself)`);
  else if (url.username || url.password)
    no(field, 'secret', `${field} must not hold a user or password; use auth`);
  else if (url.hash || (url.search && !query))
    no(field, 'path', `${field} must end with its path, without ? and #`);
}

/** Names and secrets leave this machine in the clear over http, so http is for this machine itself. */
export function isSecure({ protocol, hostname }: URL): boolean {
  return (
    protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname))
  );
}

function checkNumber(value: unknown, field: string, most: number, no: No): void {
  if (value === undefined) return;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > most)
    no(field, 'range', `${field} must be a whole number from 1 to ${most}`);
}

function checkText(value: unknown, field: string, no: No): void {
  if (typeof value !== 'string' || !/^[\x20-\x7e]{1,1000}$/.test(value))
    no(field, 'text', `${field} must be 1 to 1000 printable ASCII characters`);
}

/** Refused rather than ignored: the likeliest one is a secret in the clear. */
function unknownFields(object: Record<string, unknown>, known: string[], path: string, no: No): void {
  for (const name of Object.keys(object)) {
    if (!known.includes(name))
      no(`${path}${name}`.slice(0, 80), 'unknown', `Leave this out; there are ${known.join(', ')}`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

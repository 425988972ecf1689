import { createHmac, randomBytes } from 'node:crypto';
import type { OAuth1Signature } from './settings.js';

/**
 * The Authorization header of a request signed with OAuth 1.0a by a client that has no token (RFC 5849, "two-legged"),
 * as OneRoster 1.1 asks for. Each use makes a new nonce, so every try of a request needs its own.
 */
export function oauth1Header(
  method: string,
  url: URL,
  key: string,
  secret: string,
  algorithm: OAuth1Signature,
): string {
  const protocol: [string, string][] = [
    ['oauth_consumer_key', key],
    ['oauth_nonce', randomBytes(16).toString('hex')],
    ['oauth_signature_method', algorithm],
    ['oauth_timestamp', String(Math.floor(Date.now() / 1000))],
    ['oauth_version', '1.0'],
  ];
  const signature = sign(algorithm, baseString(method, url, protocol), secret);
  const parts = [...protocol, ['oauth_signature', signature] as const];
  return `OAuth ${parts.map(([name, value]) => `${encode(name)}="${encode(value)}"`).join(', ')}`;
}

/** What is signed (3.4.1); `parameters` are those outside the address: of the protocol, and of a form in the body. */
export function baseString(
  method: string,
  url: URL,
  parameters: readonly (readonly [string, string])[],
): string {
  const normalized = [...url.searchParams, ...parameters]
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => order(a, b) || order(x, y))
    .map((pair) => pair.join('='))
    .join('&');
  return [method.toUpperCase(), url.origin + url.pathname, normalized].map(encode).join('&');
}

/** 3.4.2; base64. */
export function sign(algorithm: OAuth1Signature, text: string, secret: string, tokenSecret = ''): string {
  return createHmac(algorithm === 'HMAC-SHA1' ? 'sha1' : 'sha256', `${encode(secret)}&${encode(tokenSecret)}`)
    .update(text)
    .digest('base64');
}

/** 3.6: stricter than encodeURIComponent. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** By bytes: what is encoded is ASCII, so code units are bytes. */
function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

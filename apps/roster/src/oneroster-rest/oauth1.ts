import { createHmac, randomBytes } from 'node:crypto';

/** What a signature is made of beside the request; tests give their own. */
export interface Moment {
  nonce: string;
  /** Seconds since 1970. */
  timestamp: number;
}

/**
 * The Authorization header of a GET request signed by OAuth 1.0a without a token (RFC 5849, sections 3.4 and 3.5), by
 * HMAC-SHA256 as OneRoster 1.1 asks for.
 */
export function signed(
  url: URL,
  key: string,
  secret: string,
  { nonce, timestamp }: Moment = {
    nonce: randomBytes(16).toString('hex'),
    timestamp: Math.floor(Date.now() / 1_000),
  },
): string {
  const own: [string, string][] = [
    ['oauth_consumer_key', key],
    ['oauth_nonce', nonce],
    ['oauth_signature_method', 'HMAC-SHA256'],
    ['oauth_timestamp', String(timestamp)],
    ['oauth_version', '1.0'],
  ];
  const base = signatureBase('GET', url, own);
  const signature = createHmac('sha256', `${encoded(secret)}&`)
    .update(base)
    .digest('base64');
  return `OAuth ${[...own, ['oauth_signature', signature] as const]
    .map(([name, value]) => `${name}="${encoded(value)}"`)
    .join(', ')}`;
}

/** RFC 5849, section 3.4.1. */
export function signatureBase(method: string, url: URL, own: readonly [string, string][]): string {
  const parameters = [...url.searchParams, ...own]
    .map(([name, value]) => [encoded(name), encoded(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const address = `${url.protocol}//${url.host}${url.pathname}`;
  return [method, encoded(address), encoded(parameters)].join('&');
}

/** RFC 3986: encodeURIComponent leaves five characters that it must not. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

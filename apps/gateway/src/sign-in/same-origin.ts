/** The request headers that say which page made it. */
export interface Provenance {
  'sec-fetch-site'?: string | undefined;
  origin?: string | undefined;
  host?: string | undefined;
}

/**
 * Whether a page of this site sent the request. A browser says so itself (Sec-Fetch-Site), an older one by Origin;
 * who says nothing is not believed, because a cookie comes along without being asked.
 */
export function isSameOrigin(headers: Provenance, publicUrl: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, host } = headers;
  if (!origin || !URL.canParse(origin)) return false;
  const from = new URL(origin);
  return from.origin === new URL(publicUrl).origin || (host !== undefined && from.host === host);
}

const safe = ['GET', 'HEAD', 'OPTIONS'];

/** Whether a request may change something. */
export function isUnsafe(method: string): boolean {
  return !safe.includes(method.toUpperCase());
}

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

export const gateway = (process.env.HEARBACK_PUBLIC_URL || 'http://localhost:8080').replace(/\/+$/, '');

/** How long one step may take, through any restart on its way. */
export const PATIENCE_MS = 60_000;

// A service that is being restarted, and a caller who is too fast.
const isPassing = (status) => status === 429 || status >= 500;

/** An answer that another try will not change. */
export class Refused extends Error {
  constructor(what, status, body) {
    const fields = (body?.errors ?? []).map(({ field, message }) => `${field}: ${message}`).join('; ');
    super(`${what} got ${status} ${[body?.title, body?.detail, fields].filter(Boolean).join(' – ')}`.trim());
    this.status = status;
    this.body = body;
  }
}

/**
 * One call of the public API. Lost connections, 429 and 5xx are tried again with the same
 * Idempotency-Key, so a service that was killed meanwhile neither loses nor doubles anything.
 * Answers `{status, body, etag}`; any other 4xx, or a minute without an answer, throws.
 */
export async function call(method, path, { auth, body, key, ifMatch, form } = {}) {
  const url = path.startsWith('http') ? path : `${gateway}${path}`;
  const headers = {
    accept: 'application/json',
    ...(auth && { authorization: auth }),
    ...(method === 'POST' && { 'idempotency-key': key ?? randomUUID() }),
    ...(ifMatch && { 'if-match': ifMatch }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  const content = form ?? (body === undefined ? undefined : JSON.stringify(body));
  const what = `${method} ${new URL(url).pathname}`;
  const until = Date.now() + PATIENCE_MS;
  let last = 'nothing';
  for (let wait = 50; ; wait = Math.min(wait * 2, 1_000)) {
    try {
      const response = await fetch(url, {
        method,
        headers,
        ...(content !== undefined && { body: content }),
        signal: AbortSignal.timeout(15_000),
      });
      const text = await response.text();
      const parsed = parse(text);
      if (response.ok) return { status: response.status, body: parsed, etag: response.headers.get('etag') };
      if (!isPassing(response.status)) throw new Refused(what, response.status, parsed);
      last = `${response.status} ${parsed?.detail ?? parsed?.title ?? ''}`.trim();
    } catch (error) {
      if (error instanceof Refused) throw error;
      last = error.cause?.code ?? error.cause?.message ?? error.message;
    }
    if (Date.now() > until)
      throw new Error(`${what} was not answered for ${PATIENCE_MS / 1_000} s (last: ${last})`);
    await pause(wait);
  }
}

/**
 * Looks until `look` gives something other than undefined, for a minute. A 404 means not yet; whatever `look`
 * puts into `seen.last` is told when time is over.
 */
export async function until(what, look) {
  const seen = { last: 'nothing yet' };
  const end = Date.now() + PATIENCE_MS;
  for (let wait = 60; Date.now() < end; wait = Math.min(wait * 1.5, 750)) {
    try {
      const found = await look(seen);
      if (found !== undefined) return found;
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 404) throw error;
      seen.last = error.message;
    }
    await pause(wait);
  }
  throw new Error(`waited ${PATIENCE_MS / 1_000} s for ${what}; last seen: ${seen.last}`);
}

function parse(text) {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return { detail: text.slice(0, 200) };
  }
}

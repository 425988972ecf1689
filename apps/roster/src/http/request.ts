import { setTimeout as sleep } from 'node:timers/promises';

/** An answer whose body was read to its end. */
export interface Answer {
  status: number;
  headers: Headers;
  body: string;
}

export interface Patience {
  /** For one try with its whole answer, in milliseconds. */
  timeoutMs: number;
  /** Before the second try, in milliseconds; each further pause is twice as long. */
  pauseMs: number;
  signal: AbortSignal;
}

/** The first try and those behind it. */
const tries = 5;
/** The longest that an API may ask to wait, in milliseconds. */
const longestWait = 5 * 60_000;

/**
 * One request to an API that may be busy: 429, 5xx, a broken connection and silence are tried again after a pause, or
 * after what `Retry-After` says. No redirect is followed, since it could carry credentials elsewhere.
 * @param init a function when every try needs its own, as a signed request does. @param most bytes of the body; more is an error.
 * @throws Error that says what happened, without any header or body; the signal's reason when it is aborted.
 */
export async function request(
  url: URL,
  init: RequestInit | (() => RequestInit),
  most: number,
  patience: Patience,
): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const result = await once(url, typeof init === 'function' ? init() : init, most, patience);
    const busy = !('failed' in result) && (result.status === 429 || result.status >= 500);
    if (!('failed' in result) && !busy) return result;
    if (attempt === tries) {
      const why = 'failed' in result ? result.failed : `the answer was ${result.status}`;
      throw new Error(`${why}, ${tries} times`);
    }
    const asked = busy ? retryAfter(result.headers.get('retry-after')) : undefined;
    if (asked !== undefined && asked > longestWait)
      throw new Error(`the API asks to wait ${Math.round(asked / 60_000)} minutes; try again then`);
    const pause = patience.pauseMs * 2 ** (attempt - 1) * (1 + Math.random() / 4);
    await sleep(asked ?? pause, undefined, { signal: patience.signal }).catch(() =>
      patience.signal.throwIfAborted(),
    );
  }
}

async function once(
  url: URL,
  init: RequestInit,
  most: number,
  { timeoutMs, signal }: Patience,
): Promise<Answer | { failed: string }> {
  signal.throwIfAborted();
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout]),
    });
    const { status, headers } = response;
    if (status >= 300 && status < 400) {
      await response.body?.cancel();
      throw new NotTaken(
        `it redirects (${status}), which is not followed: put the final address in the settings`,
      );
    }
    // What an API says of an error may hold anything; only its status is used.
    if (status >= 400) await response.body?.cancel();
    return { status, headers, body: status >= 400 ? '' : await bounded(response, most) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NotTaken) throw error;
    if (timeout.aborted) return { failed: `no whole answer came within ${timeoutMs} ms` };
    return { failed: `the connection failed (${codeOf(error)})` };
  }
}

/** An answer that another try would not better. */
class NotTaken extends Error {}

async function bounded(response: Response, most: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > most)
      throw new NotTaken(`the answer is longer than ${most} bytes: ask for fewer rows (pageSize)`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Seconds or a date, as milliseconds from now; undefined when it is neither. */
function retryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** `ECONNREFUSED` and the like: fetch hides it below its own error. */
function codeOf(error: unknown): string {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  const found = cause?.code ?? code;
  return typeof found === 'string' ? found : 'no reason given';
}

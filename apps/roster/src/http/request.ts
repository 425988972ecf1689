import { setTimeout as pause } from 'node:timers/promises';

/** An answer that came whole; `body` is empty unless the status is 2xx and it was wanted. */
export interface Answer {
  status: number;
  headers: Headers;
  body: string;
}

export interface Patience {
  /** For one try with its whole answer, in milliseconds. */
  timeoutMs: number;
  /** The first pause after a failure, in milliseconds; it doubles with each, up to a minute. */
  pauseMs: number;
  signal: AbortSignal;
}

/** No answer came: refused, cut, or too slow. The message says which. */
class Unreachable extends Error {}

/** Tries in a row that may fail, and waits in a row that a busy service may ask for. */
const most = { failures: 5, waits: 10 } as const;
const longestPause = 60_000;
/** A service that asks for more, in milliseconds, is not waited for: the next run asks it. */
const longestWait = 15 * 60_000;

/**
 * Sends until there is an answer that another try would not change: 2xx, 3xx or 4xx but 429.
 * @param init makes the request anew for every try, as a token that ends or a signature needs it.
 * @param bytes the longest body that is taken.
 * @throws Error when the service stays unreachable, broken or busy, without any header or body; the signal's reason
 * when it is aborted.
 */
export async function request(
  url: URL,
  init: () => Promise<RequestInit>,
  bytes: number,
  patience: Patience,
): Promise<Answer> {
  let failures = 0;
  let waits = 0;
  for (;;) {
    const answer = await once(url, await init(), bytes, patience).catch((error: unknown) => {
      if (error instanceof Unreachable) return error;
      throw error;
    });
    const came = answer instanceof Unreachable ? undefined : answer;
    if (came && came.status < 500 && came.status !== 429) return came;

    const asked = came && askedToWait(came.headers, Date.now());
    const isBusy = came?.status === 429 || (came?.status === 503 && asked !== undefined);
    if (isBusy) waits += 1;
    else failures += 1;
    const problem = answer instanceof Unreachable ? answer.message : `the service answered ${answer.status}`;
    if (failures >= most.failures) throw new Error(`${problem}, ${failures} times`);
    if (waits > most.waits)
      throw new Error(
        `${problem} still, after ${most.waits} waits; try again later, or ask for a higher limit`,
      );
    if (asked !== undefined && asked > longestWait)
      throw new Error(`the service asks to wait ${Math.round(asked / 60_000)} minutes; try again then`);
    const wait = Math.max(asked ?? 0, backOff(patience.pauseMs, isBusy ? waits : failures));
    await pause(wait, undefined, { signal: patience.signal }).catch(() => patience.signal.throwIfAborted());
  }
}

/** Retry-After in ms from now, as seconds or as a date; undefined when there is none that can be read. */
export function askedToWait(headers: Headers, now: number): number | undefined {
  const text = headers.get('retry-after')?.trim();
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Jitter keeps the districts that one vendor serves from coming back all at once. */
function backOff(firstMs: number, nth: number): number {
  return Math.min(longestPause, firstMs * 2 ** (nth - 1)) * (0.5 + Math.random() / 2);
}

/**
 * One try. No redirect is followed, since it could carry credentials elsewhere.
 * @param bytes the longest body that is taken; 0 when none is wanted.
 */
export async function once(
  url: URL,
  init: RequestInit,
  bytes: number,
  { timeoutMs, signal }: Omit<Patience, 'pauseMs'>,
): Promise<Answer> {
  signal.throwIfAborted();
  const clock = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      signal: AbortSignal.any([signal, clock]),
    });
    const { status, headers } = response;
    if (response.ok && bytes > 0) return { status, headers, body: await bodyOf(response, bytes) };
    // An error's text is not shown: some services repeat the request in it.
    await response.body?.cancel();
    return { status, headers, body: '' };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NotTaken) throw error;
    const problem = clock.aborted
      ? `no whole answer within ${timeoutMs} ms (timeoutMs)`
      : `the connection failed (${codeOf(error)})`;
    throw new Unreachable(problem, { cause: error });
  }
}

/** An answer that another try would not better. */
class NotTaken extends Error {}

async function bodyOf(response: Response, most: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > most)
      throw new NotTaken(`the answer is larger than ${most / 2 ** 20} MB: ask for fewer rows (pageSize)`);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks, bytes));
  } catch {
    throw new NotTaken('the answer is not UTF-8, expected JSON');
  }
}

/** JSON.parse without its error, which quotes what it could not read; undefined for what is not JSON. */
export function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

/** Only the code, such as ECONNREFUSED: messages of the network layer may hold addresses with their query. */
function codeOf(error: unknown): string {
  const { cause, name } = error as { cause?: { code?: unknown }; name?: string };
  return typeof cause?.code === 'string' ? cause.code : (name ?? 'unknown');
}

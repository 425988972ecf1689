import { setTimeout as pause } from 'node:timers/promises';
import { FetchFailed } from './fetch-failed.js';
import type { Where } from './fetch-failed.js';

/** What came back; `body` is empty unless the status is 2xx. */
export interface Answer {
  status: number;
  headers: Headers;
  body: string;
}

/** No answer came: refused, cut, or too slow. The message says which. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

export interface Patience {
  /** The first pause after a failure, in ms; it doubles with each, up to a minute. */
  backOffMs: number;
  signal: AbortSignal;
}

/** Tries in a row that may fail, and waits in a row that a busy service may ask for. */
export const most = { failures: 5, waits: 10 } as const;
const longestBackOff = 60_000;
/** A service that asks for more is asked again after this, in ms. */
const longestWait = 15 * 60_000;

/**
 * Sends until there is an answer that another try would not change: 2xx, 3xx or 4xx but 429.
 * @throws FetchFailed when the service stays unreachable, broken or busy; the signal's reason when it is aborted.
 */
export async function patiently(
  send: () => Promise<Answer>,
  { backOffMs, signal }: Patience,
  where: Where,
): Promise<Answer> {
  let failures = 0;
  let waits = 0;
  for (;;) {
    const answer = await send().catch((error: unknown) => {
      if (error instanceof Unreachable) return error;
      throw error;
    });
    if (!(answer instanceof Unreachable) && answer.status < 500 && answer.status !== 429) return answer;

    const asked = answer instanceof Unreachable ? undefined : askedToWait(answer.headers, Date.now());
    const busy =
      !(answer instanceof Unreachable) &&
      (answer.status === 429 || (answer.status === 503 && asked !== undefined));
    if (busy) waits += 1;
    else failures += 1;
    const problem = answer instanceof Unreachable ? answer.message : `the service answered ${answer.status}`;
    if (failures >= most.failures)
      throw new FetchFailed(where, `${problem}, ${failures} times; expected a page of rows`);
    if (waits > most.waits) {
      throw new FetchFailed(
        where,
        `${problem} still, after ${most.waits} waits; expected a page of rows. Try later, or ask for a higher limit`,
      );
    }
    await wait(
      Math.min(longestWait, Math.max(asked ?? 0, backOff(backOffMs, busy ? waits : failures))),
      signal,
    );
  }
}

/** Retry-After in ms from now, as seconds or as a date; undefined when there is none that can be read. */
export function askedToWait(headers: Headers, now: number): number | undefined {
  const text = headers.get('retry-after')?.trim();
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return Math.min(longestWait, Number(text) * 1000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.min(longestWait, Math.max(0, date - now));
}

/** Jitter keeps the districts that one SIS vendor serves from coming back all at once. */
function backOff(firstMs: number, nth: number): number {
  return Math.min(longestBackOff, firstMs * 2 ** (nth - 1)) * (0.5 + Math.random() / 2);
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}

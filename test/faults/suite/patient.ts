import type { Call, District, Reply } from '#testing';
import type { Chance } from './chance.js';

/** How long a caller goes on trying, in ms: longer than any fault lasts, and than the process that comes after it. */
const patienceMs = 150_000;
/** After this a try is given up and made again, in ms. */
const tryMs = 10_000;

/** How a caller differs from the usual one. */
export interface Habits {
  /** Instances that stand beside the one behind the gateway; each try takes one of them. */
  addresses?: (service: string) => readonly string[];
  /** What they do before they try for the second time. */
  beforeSecondTry?: () => Promise<void>;
}

/** What callers met with, all calls together. */
export interface Met {
  calls: number;
  /** 503, each with Retry-After. */
  unavailable: number;
  /** Connections that broke, or no answer within ten seconds. */
  unanswered: number;
  /**
   * The longest that anybody waited for what was final, in ms: from the first try on, with all tries that were given up
   * or refused and the waits between them; not the time that somebody stayed away by choice.
   */
  slowestMaxMs: number;
}

export const nobody = (): Met => ({ calls: 0, unavailable: 0, unanswered: 0, slowestMaxMs: 0 });

export type Ask = <T = Record<string, unknown>>(
  method: string,
  path: string,
  call?: Call,
  also?: readonly number[],
) => Promise<Reply<T>>;

/**
 * Callers as the API asks them to be: what was refused for a moment, or whose answer was lost, is sent again as it was,
 * with the same Idempotency-Key.
 * @returns a call that answers only with what is final: 2xx, or a status of `also`. Anything else is a defect: it throws.
 */
export function patient(
  { call }: District,
  chance: Chance,
  met: Met,
  { addresses = () => [], beforeSecondTry }: Habits = {},
): Ask {
  return async <T>(method: string, path: string, what: Call = {}, also: readonly number[] = []) => {
    let begun = Date.now();
    const until = begun + patienceMs;
    const service = path.split('/')[2] ?? '';
    for (let last = 'nothing', tries = 1; ; tries += 1) {
      const at = chance.pick([undefined, ...addresses(service)]);
      met.calls += 1;
      let waitMs = 100 + chance.below(400);
      try {
        const reply = await call<T>(method, path, { ...what, ...(at && { at }), within: tryMs });
        if (reply.status < 300 || also.includes(reply.status)) {
          met.slowestMaxMs = Math.max(met.slowestMaxMs, Date.now() - begun);
          return reply;
        }
        if (reply.status !== 503) {
          throw new Defect(`${method} ${path} got ${reply.status} ${JSON.stringify(reply.body)}`);
        }
        const retryAfter = Number(reply.headers.get('retry-after'));
        if (!(retryAfter > 0)) throw new Defect(`${method} ${path} got 503 without Retry-After`);
        waitMs += retryAfter * 1_000;
        met.unavailable += 1;
        last = `503 ${JSON.stringify(reply.body)}`;
      } catch (error) {
        if (error instanceof Defect) throw error;
        met.unanswered += 1;
        last = String((error as { cause?: Error }).cause ?? error);
      }
      if (Date.now() > until)
        throw new Error(`${method} ${path} was not answered for ${patienceMs / 1000} s (last: ${last})`);
      if (tries === 1 && beforeSecondTry) {
        const left = Date.now();
        await beforeSecondTry();
        begun += Date.now() - left;
      }
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  };
}

/** An answer that nothing excuses. */
export class Defect extends Error {}

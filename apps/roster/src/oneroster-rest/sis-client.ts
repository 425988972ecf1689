import { credentialsFor } from './credentials.js';
import type { Credentials } from './credentials.js';
import { FetchFailed } from './fetch-failed.js';
import type { Where } from './fetch-failed.js';
import { patiently, Unreachable } from './patience.js';
import type { Answer, Patience } from './patience.js';
import { readSecret } from './secret.js';
import { timeouts } from './settings.js';
import type { OneRosterRestSettings } from './settings.js';

/** The largest body taken, in bytes, unpacked. */
export const longestBody = 64 * 2 ** 20;
const mostRedirects = 3;

/** Asks one SIS, with its credentials, patiently. Nothing that it throws holds a secret, a token or a query. */
export class SisClient {
  private constructor(
    private readonly credentials: Credentials,
    private readonly timeoutMs: number,
    private readonly patience: Patience,
  ) {}

  /** @throws RuleBroken when the secret is not where the settings say. */
  static async open(settings: OneRosterRestSettings, patience: Patience): Promise<SisClient> {
    const timeoutMs = settings.timeoutMs ?? timeouts.default;
    const secret = await readSecret(settings.auth.secret, 'auth.secret');
    const askToken = async (url: URL, init: RequestInit, where: Where): Promise<Answer> =>
      patiently(() => once(url, init, timeoutMs, patience.signal, where), patience, where);
    return new SisClient(credentialsFor(settings.auth, secret, askToken), timeoutMs, patience);
  }

  /**
   * The last answer, which may be 4xx. A 401 renews the credentials once. Redirects are followed on the same origin.
   * @throws FetchFailed when there is no answer, or one that leads elsewhere or is too large.
   */
  async get(address: URL, where: Where): Promise<Answer> {
    let url = address;
    for (let hops = 0; hops <= mostRedirects; hops += 1) {
      let answer = await this.ask(url, where);
      if (answer.status === 401 && this.credentials.renew()) answer = await this.ask(url, where);
      if (answer.status < 300 || answer.status > 399) return answer;
      const target = URL.parse(answer.headers.get('location') ?? '', url.href);
      if (target?.origin !== url.origin) {
        throw new FetchFailed(
          where,
          `the service redirects to ${target?.origin ?? 'nowhere'}, expected an answer of its own; ` +
            `credentials are not sent to another host: if it moved, change baseUrl`,
        );
      }
      url = target;
    }
    throw new FetchFailed(where, `more than ${mostRedirects} redirects in a row, expected a page of rows`);
  }

  private ask(url: URL, where: Where): Promise<Answer> {
    return patiently(
      async () => {
        const headers = { accept: 'application/json', ...(await this.credentials.headers(url, where)) };
        return once(url, { headers }, this.timeoutMs, this.patience.signal, where);
      },
      this.patience,
      where,
    );
  }
}

async function once(
  url: URL,
  init: RequestInit,
  timeoutMs: number,
  signal: AbortSignal,
  where: Where,
): Promise<Answer> {
  const clock = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      signal: AbortSignal.any([signal, clock]),
    });
    const { status, headers } = response;
    if (response.ok) return { status, headers, body: await bodyOf(response, where) };
    // An error's text is not shown: some services repeat the request in it.
    await response.body?.cancel();
    return { status, headers, body: '' };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof FetchFailed) throw error;
    throw new Unreachable(
      clock.aborted
        ? `no whole answer within ${timeoutMs} ms (timeoutMs)`
        : `the connection failed (${codeOf(error)})`,
      { cause: error },
    );
  }
}

async function bodyOf(response: Response, where: Where): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > longestBody) {
      throw new FetchFailed(
        where,
        `the page is larger than ${longestBody / 2 ** 20} MB, expected less; take a smaller pageSize`,
      );
    }
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks, bytes));
  } catch {
    throw new FetchFailed(where, 'the page is not UTF-8, expected JSON');
  }
}

/** Only the code: messages of the network layer may hold addresses with their query. */
function codeOf(error: unknown): string {
  const { cause, name } = error as { cause?: { code?: unknown }; name?: string };
  return typeof cause?.code === 'string' ? cause.code : (name ?? 'unknown');
}

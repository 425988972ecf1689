import { BearerToken, parsed } from '../http/bearer-token.js';
import { request } from '../http/request.js';
import type { Answer, Patience } from '../http/request.js';
import { readSecret } from '../http/secret.js';
import { signed } from './oauth1.js';
import { defaults } from './settings.js';
import type { OneRosterRestSettings } from './settings.js';

/** One page as the service gave it. */
export interface RestPage {
  rows: unknown[];
  /** X-Total-Count, when the service says it. */
  total?: number;
  /** Where the Link header says that the next page is. */
  next?: URL;
}

/** In bytes: five thousand users with all their roles are about 10 MB. */
const longestPage = 64 * 2 ** 20;

/** Reads pages of a OneRoster service, in the way in which it wants to know who asks. */
export class RestService {
  private readonly patience: Patience;
  private readonly token?: BearerToken;

  constructor(
    private readonly settings: OneRosterRestSettings,
    patience: Omit<Patience, 'timeoutMs'>,
  ) {
    this.patience = { ...patience, timeoutMs: settings.timeoutMs ?? defaults.timeoutMs };
    if (settings.auth.kind === 'oauth2') this.token = new BearerToken(settings.auth, this.patience);
  }

  address(collection: string, query: Record<string, string>): URL {
    const url = new URL(`${this.settings.baseUrl.replace(/\/+$/, '')}/${collection}`);
    // Not with URLSearchParams: it writes a blank as +, which not every service reads as one.
    url.search = Object.entries(query)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join('&');
    return url;
  }

  /**
   * @returns 404 when the service does not have the collection.
   * @throws Error that says what happened; nothing of it is a row, a token or the secret.
   */
  async page(collection: string, url: URL): Promise<RestPage | 404> {
    let answer = await this.get(url);
    if (answer.status === 401 && this.token) {
      this.token.forget();
      answer = await this.get(url);
    }
    const { status, headers, body } = answer;
    if (status === 404) return 404;
    if (status === 401 || status === 403)
      throw new Error(`the service refuses who asks (${status}): check auth and its secret`);
    if (status !== 200) throw new Error(`the answer was ${status}`);
    const content = parsed(body);
    if (content === undefined) throw new Error('the answer is not JSON: check baseUrl');
    const rows = (content as Record<string, unknown> | null)?.[collection];
    if (!Array.isArray(rows)) throw new Error(`the answer has no list named ${collection}: check baseUrl`);
    const count = headers.get('x-total-count')?.trim();
    if (count !== undefined && !/^\d{1,9}$/.test(count)) throw new Error('X-Total-Count is not a number');
    const next = this.nextIn(headers.get('link'), url);
    return {
      rows: rows as unknown[],
      ...(count !== undefined && { total: Number(count) }),
      ...(next && { next }),
    };
  }

  private async get(url: URL): Promise<Answer> {
    const { auth } = this.settings;
    const accept = 'application/json';
    if (auth.kind === 'oauth1') {
      const secret = await readSecret(auth.secret);
      // Every try is signed anew: a service refuses a nonce that it has seen.
      const init = () => ({ headers: { accept, authorization: signed(url, auth.key, secret) } });
      return request(url, init, longestPage, this.patience);
    }
    const headers =
      auth.kind === 'proxy-key'
        ? { accept, [auth.header]: await readSecret(auth.secret) }
        : { accept, authorization: `Bearer ${await this.token!.value()}` };
    return request(url, { headers }, longestPage, this.patience);
  }

  /** @throws Error for a page elsewhere: credentials go to no other host. */
  private nextIn(link: string | null, from: URL): URL | undefined {
    const found = /<([^>]*)>\s*;[^,]*\brel="?next\b"?/i.exec(link ?? '')?.[1];
    if (found === undefined) return undefined;
    const next = URL.parse(found, from.href);
    if (!next || next.origin !== new URL(this.settings.baseUrl).origin)
      throw new Error('the Link to the next page leads to another host, which is not followed');
    return next;
  }
}

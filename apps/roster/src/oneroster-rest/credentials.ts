import { FetchFailed } from './fetch-failed.js';
import type { Where } from './fetch-failed.js';
import { oauth1Header } from './oauth1.js';
import type { Answer } from './patience.js';
import type { Auth, OAuth2Auth } from './settings.js';

/** What proves to an SIS who asks. */
export interface Credentials {
  /** Headers for one GET; a second try needs new ones. */
  headers(url: URL, where: Where): Promise<Record<string, string>>;
  /** Called after a 401: forgets what was refused, and tells whether something else can be tried. */
  renew(): boolean;
}

/** Sends the request for a token. */
export type AskToken = (url: URL, init: RequestInit, where: Where) => Promise<Answer>;

export function credentialsFor(auth: Auth, secret: string, askToken: AskToken): Credentials {
  switch (auth.kind) {
    case 'oauth2':
      return new BearerToken(auth, secret, askToken);
    case 'oauth1':
      return {
        headers: async (url) => ({
          authorization: oauth1Header('GET', url, auth.key, secret, auth.signature ?? 'HMAC-SHA256'),
        }),
        renew: () => false,
      };
    case 'proxy-key':
      return { headers: async () => ({ [auth.header]: secret }), renew: () => false };
  }
}

class BearerToken implements Credentials {
  private token?: { value: string; until: number };

  constructor(
    private readonly auth: OAuth2Auth,
    private readonly secret: string,
    private readonly askToken: AskToken,
  ) {}

  async headers(_url: URL, where: Where): Promise<Record<string, string>> {
    if (!this.token || Date.now() >= this.token.until) this.token = await this.fetch(where);
    return { authorization: `Bearer ${this.token.value}` };
  }

  renew(): boolean {
    this.token = undefined;
    return true;
  }

  private async fetch(where: Where): Promise<{ value: string; until: number }> {
    const { tokenUrl, clientId, scope, sentIn } = this.auth;
    const form = new URLSearchParams({ grant_type: 'client_credentials', ...(scope && { scope }) });
    const headers: Record<string, string> = { accept: 'application/json' };
    if (sentIn === 'body') {
      form.set('client_id', clientId);
      form.set('client_secret', this.secret);
    } else {
      const pair = `${formEncoded(clientId)}:${formEncoded(this.secret)}`;
      headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
    }
    const { status, body } = await this.askToken(
      new URL(tokenUrl),
      { method: 'POST', body: form, headers },
      where,
    );
    if (status !== 200) {
      throw new FetchFailed(
        where,
        `the token service answered ${status}, expected a token; check tokenUrl, clientId, secret and scope`,
      );
    }
    const token = tokenOf(body);
    if (!token) throw new FetchFailed(where, 'the token service gave no access_token, expected one as JSON');
    return token;
  }
}

/** RFC 6749, 2.3.1: id and secret are form-encoded before they are joined. */
function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}

/** Renewed after nine tenths of its life, so that it does not end on its way. */
function tokenOf(body: string): { value: string; until: number } | undefined {
  let answer: { access_token?: unknown; expires_in?: unknown } | null;
  try {
    answer = JSON.parse(body) as typeof answer;
  } catch {
    return undefined;
  }
  const value = answer?.access_token;
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) return undefined;
  const seconds = Number(answer?.expires_in);
  return { value, until: seconds > 0 ? Date.now() + seconds * 900 : Infinity };
}

import type { Credentials } from './api-client.js';
import { parsed, request } from './request.js';
import type { Patience } from './request.js';
import { readSecret } from './secret.js';
import type { SecretRef } from './secret.js';

/** Client credentials (RFC 6749, 4.4). */
export interface ClientCredentials {
  tokenUrl: string;
  clientId: string;
  secret: SecretRef;
  /** Scopes separated by spaces; what is not named the token service decides. */
  scope?: string;
  /** Where client id and secret are sent: in the header, as the standard asks for, unless the service cannot. */
  sentIn?: 'header' | 'plain-header' | 'body';
}

/** In bytes. */
const longestAnswer = 2 ** 20;

/** A token by OAuth 2, asked for when it is first needed and when it ends. */
export class BearerToken implements Credentials {
  private token: { value: string; until: number } | undefined;

  constructor(
    private readonly client: ClientCredentials,
    private readonly patience: Patience,
  ) {}

  /** @throws Error that says what happened; nothing of it is a token or the secret. */
  async headers(): Promise<Record<string, string>> {
    if (!this.token || Date.now() >= this.token.until) {
      this.token = await this.ask().catch((error: unknown) => {
        this.patience.signal.throwIfAborted();
        throw new Error(`no token could be had: ${(error as Error).message}`, { cause: error });
      });
    }
    return { authorization: `Bearer ${this.token.value}` };
  }

  /** The service may have forgotten a token before its time. */
  renew(): boolean {
    this.token = undefined;
    return true;
  }

  private async ask(): Promise<{ value: string; until: number }> {
    const { tokenUrl, clientId, scope, sentIn = 'header' } = this.client;
    const secret = await readSecret(this.client.secret);
    const form = new URLSearchParams({ grant_type: 'client_credentials', ...(scope && { scope }) });
    const headers: Record<string, string> = { accept: 'application/json' };
    if (sentIn === 'body') {
      form.set('client_id', clientId);
      form.set('client_secret', secret);
    } else {
      const pair = [clientId, secret].map(sentIn === 'header' ? formEncoded : String).join(':');
      headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
    }
    const asked = Date.now();
    const init = async (): Promise<RequestInit> => ({ method: 'POST', body: form, headers });
    const { status, body } = await request(new URL(tokenUrl), init, longestAnswer, this.patience);
    if (status !== 200)
      throw new Error(`the service answered ${status}; check tokenUrl, clientId, secret and scope`);
    const answer = (parsed(body) ?? {}) as { access_token?: unknown; expires_in?: unknown };
    const value = answer.access_token;
    // Anything else could not stand in a header, and the error of that would show it.
    if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value))
      throw new Error('the answer has no access_token; check tokenUrl');
    // Renewed after nine tenths of its life, so that it does not end on its way; soon, when nobody says how long it is.
    const seconds = Number(answer.expires_in);
    return { value, until: asked + (seconds > 0 ? seconds * 900 : 30_000) };
  }
}

/** RFC 6749, 2.3.1: id and secret are form-encoded before they are joined. */
function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}

import { request } from './request.js';
import type { Patience } from './request.js';
import { readSecret } from './secret.js';
import type { SecretRef } from './secret.js';

export interface ClientCredentials {
  tokenUrl: string;
  clientId: string;
  secret: SecretRef;
  scope?: string;
}

const longestAnswer = 64 * 2 ** 10;

/** A token by OAuth 2 client credentials (RFC 6749, section 4.4), asked for when it is first needed and when it ends. */
export class BearerToken {
  private token: { value: string; until: number } | undefined;

  constructor(
    private readonly credentials: ClientCredentials,
    private readonly patience: Patience,
  ) {}

  /** The service may forget a token before its time. */
  forget(): void {
    this.token = undefined;
  }

  /** @throws Error that says what happened; nothing of it is a token or the secret. */
  async value(): Promise<string> {
    if (this.token && Date.now() < this.token.until) return this.token.value;
    const answer = await this.ask().catch((error: unknown) => {
      this.patience.signal.throwIfAborted();
      throw new Error(`no token could be had: ${(error as Error).message}`);
    });
    return (this.token = answer).value;
  }

  private async ask(): Promise<{ value: string; until: number }> {
    const { clientId, secret, tokenUrl, scope } = this.credentials;
    const basic = Buffer.from(`${clientId}:${await readSecret(secret)}`).toString('base64');
    const init = {
      method: 'POST',
      headers: {
        authorization: `Basic ${basic}`,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        ...(scope !== undefined && { scope }),
      }).toString(),
    };
    const asked = Date.now();
    const { status, body } = await request(new URL(tokenUrl), init, longestAnswer, this.patience);
    if (status === 400 || status === 401 || status === 403)
      throw new Error(`clientId or its secret is refused (${status})`);
    if (status !== 200) throw new Error(`the answer was ${status}: check tokenUrl`);
    const { access_token: value, expires_in: seconds } = (parsed(body) ?? {}) as {
      access_token?: unknown;
      expires_in?: unknown;
    };
    // Anything else could not stand in a header, and the error of that would show it.
    if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value))
      throw new Error('the answer has no access_token: check tokenUrl');
    // Half a minute earlier than it ends, for the clocks and the way.
    const lifetime = typeof seconds === 'number' && seconds > 60 ? seconds - 30 : 30;
    return { value, until: asked + lifetime * 1_000 };
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

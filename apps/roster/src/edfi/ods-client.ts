import { request } from '../http/request.js';
import type { Answer, Patience } from '../http/request.js';
import type { Resource } from './resources.js';
import { readSecret } from '../http/secret.js';
import { defaults } from './settings.js';
import type { EdFiSettings } from './settings.js';

/** One page as the API gave it. */
export interface OdsPage {
  rows: unknown[];
  /** How many rows there are, as the API says. */
  total: number;
}

/** In bytes: five hundred staff with all that hangs on them are about 5 MB. */
const longestPage = 32 * 2 ** 20;
const longestToken = 64 * 2 ** 10;

/** Reads pages of an Ed-Fi ODS/API with a token of its own, which it renews when it ends. */
export class OdsClient {
  private token: { value: string; until: number } | undefined;
  private readonly patience: Patience;

  constructor(
    private readonly settings: EdFiSettings,
    patience: Omit<Patience, 'timeoutMs'>,
  ) {
    this.patience = { ...patience, timeoutMs: settings.timeoutMs ?? defaults.timeoutMs };
  }

  /**
   * The rows from `offset` on, or the status that says that this client cannot have the resource.
   * @throws Error that says what happened; nothing of it is a row, a token or the secret.
   */
  async page(resource: Resource, offset: number, limit: number): Promise<OdsPage | 403 | 404> {
    const url = new URL(`${this.base()}/ed-fi/${resource}`);
    url.search = new URLSearchParams({
      offset: String(offset),
      limit: String(limit),
      totalCount: 'true',
    }).toString();
    let answer = await this.get(url);
    if (answer.status === 401) {
      // The API may have forgotten the token before its time.
      this.token = undefined;
      answer = await this.get(url);
    }
    const { status, headers, body } = answer;
    if (status === 403 || status === 404) return status;
    if (status === 401)
      throw new Error('the API refuses its own new token (401): check baseUrl and tokenUrl');
    if (status === 400)
      throw new Error(`the API refuses the request (400): its limit may be below pageSize ${limit}`);
    if (status !== 200) throw new Error(`the answer was ${status}`);
    const rows = listOf(body);
    const total = headers.get('total-count')?.trim() ?? '';
    if (!/^\d{1,8}$/.test(total)) throw new Error('the answer has no Total-Count');
    return { rows, total: Number(total) };
  }

  private base(): string {
    const base = this.settings.baseUrl.replace(/\/+$/, '');
    return /\/data\/v3(\/|$)/.test(new URL(base).pathname) ? base : `${base}/data/v3`;
  }

  private async get(url: URL): Promise<Answer> {
    const headers = { authorization: `Bearer ${await this.bearer()}`, accept: 'application/json' };
    return request(url, { headers }, longestPage, this.patience);
  }

  private async bearer(): Promise<string> {
    if (this.token && Date.now() < this.token.until) return this.token.value;
    const answer = await this.askForToken().catch((error: unknown) => {
      this.patience.signal.throwIfAborted();
      throw new Error(`no token could be had: ${(error as Error).message}`);
    });
    return (this.token = answer).value;
  }

  private async askForToken(): Promise<{ value: string; until: number }> {
    const { clientId, secret, tokenUrl } = this.settings;
    const credentials = Buffer.from(`${clientId}:${await readSecret(secret)}`).toString('base64');
    const init = {
      method: 'POST',
      headers: {
        authorization: `Basic ${credentials}`,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      },
      body: 'grant_type=client_credentials',
    };
    const asked = Date.now();
    const { status, body } = await request(new URL(tokenUrl), init, longestToken, this.patience);
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
    // Half a minute earlier than it ends, for the clocks and the way; 30 minutes are what an ODS/API gives.
    const lifetime = typeof seconds === 'number' && seconds > 60 ? seconds - 30 : 30;
    return { value, until: asked + lifetime * 1_000 };
  }
}

function listOf(body: string): unknown[] {
  const rows = parsed(body);
  if (rows === undefined) throw new Error('the answer is not JSON: check baseUrl');
  if (!Array.isArray(rows)) throw new Error('the answer is not a list of rows');
  return rows as unknown[];
}

/** JSON.parse without its error, which quotes what it could not read. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

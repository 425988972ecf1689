import { BearerToken, parsed } from '../http/bearer-token.js';
import { request } from '../http/request.js';
import type { Answer, Patience } from '../http/request.js';
import type { Resource } from './resources.js';
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

/** Reads pages of an Ed-Fi ODS/API with a token of its own, which it renews when it ends. */
export class OdsClient {
  private readonly token: BearerToken;
  private readonly patience: Patience;

  constructor(
    private readonly settings: EdFiSettings,
    patience: Omit<Patience, 'timeoutMs'>,
  ) {
    this.patience = { ...patience, timeoutMs: settings.timeoutMs ?? defaults.timeoutMs };
    this.token = new BearerToken(settings, this.patience);
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
      this.token.forget();
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
    const headers = { authorization: `Bearer ${await this.token.value()}`, accept: 'application/json' };
    return request(url, { headers }, longestPage, this.patience);
  }
}

function listOf(body: string): unknown[] {
  const rows = parsed(body);
  if (rows === undefined) throw new Error('the answer is not JSON: check baseUrl');
  if (!Array.isArray(rows)) throw new Error('the answer is not a list of rows');
  return rows as unknown[];
}

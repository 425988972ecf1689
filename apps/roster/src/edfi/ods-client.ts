import { ApiClient } from '../http/api-client.js';
import { BearerToken } from '../http/bearer-token.js';
import { parsed } from '../http/request.js';
import type { Patience } from '../http/request.js';
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
  private readonly client: ApiClient;

  constructor(
    private readonly settings: EdFiSettings,
    given: Omit<Patience, 'timeoutMs'>,
  ) {
    const patience = { ...given, timeoutMs: settings.timeoutMs ?? defaults.timeoutMs };
    // Ed-Fi joins key and secret as they are (RFC 2617), without the encoding of OAuth 2.
    const token = new BearerToken({ ...settings, sentIn: 'plain-header' }, patience);
    this.client = new ApiClient(token, longestPage, patience);
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
    const { status, headers, body } = await this.client.get(url);
    if (status === 403 || status === 404) return status;
    if (status === 401)
      throw new Error('the API refuses its own new token (401): check baseUrl and tokenUrl');
    if (status === 400)
      throw new Error(`the API refuses the request (400): its limit may be below pageSize ${limit}`);
    if (status !== 200) throw new Error(`the service answered ${status}`);
    const rows = listOf(body);
    const total = headers.get('total-count')?.trim() ?? '';
    if (!/^\d{1,8}$/.test(total)) throw new Error('the answer has no Total-Count');
    return { rows, total: Number(total) };
  }

  private base(): string {
    const base = this.settings.baseUrl.replace(/\/+$/, '');
    return /\/data\/v3(\/|$)/.test(new URL(base).pathname) ? base : `${base}/data/v3`;
  }
}

function listOf(body: string): unknown[] {
  const rows = parsed(body);
  if (rows === undefined) throw new Error('the answer is not JSON: check baseUrl');
  if (!Array.isArray(rows)) throw new Error('the answer is not a list of rows');
  return rows as unknown[];
}

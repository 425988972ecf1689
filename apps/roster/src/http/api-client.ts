import { request } from './request.js';
import type { Answer, Patience } from './request.js';

/** What proves to an API who asks. */
export interface Credentials {
  /** Headers for one GET; a second try needs new ones. */
  headers(url: URL): Promise<Record<string, string>>;
  /** Called after a 401: forgets what was refused, and tells whether something else can be tried. */
  renew(): boolean;
}

const mostRedirects = 3;

/** Asks one API, with its credentials, patiently. Nothing that it throws holds a secret, a token or a query. */
export class ApiClient {
  /** @param bytes the longest answer that is taken. */
  constructor(
    private readonly credentials: Credentials,
    private readonly bytes: number,
    private readonly patience: Patience,
  ) {}

  /**
   * The last answer, which may be 4xx. A 401 renews the credentials once. Redirects are followed on the same origin.
   * @throws Error when there is no answer, or one that leads elsewhere or is too large.
   */
  async get(address: URL): Promise<Answer> {
    let url = address;
    for (let hops = 0; hops <= mostRedirects; hops += 1) {
      let answer = await this.ask(url);
      if (answer.status === 401 && this.credentials.renew()) answer = await this.ask(url);
      if (answer.status < 300 || answer.status > 399) return answer;
      const target = URL.parse(answer.headers.get('location') ?? '', url.href);
      if (target?.origin !== url.origin) {
        throw new Error(
          `the service redirects to ${target?.origin ?? 'nowhere'}, expected an answer of its own; ` +
            `credentials are not sent to another host: if it moved, change baseUrl`,
        );
      }
      url = target;
    }
    throw new Error(`more than ${mostRedirects} redirects in a row, expected a page of rows`);
  }

  private ask(url: URL): Promise<Answer> {
    const init = async (): Promise<RequestInit> => ({
      headers: { accept: 'application/json', ...(await this.credentials.headers(url)) },
    });
    return request(url, init, this.bytes, this.patience);
  }
}

/** One wrong field of a request, as RFC 9457 problem details of this API list them. */
export interface FieldError {
  field: string;
  rule?: string;
  message: string;
}

/** Any answer that is not 2xx, and any lost connection (status 0). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string | undefined,
    readonly errors: FieldError[],
    readonly allowed: string[] | undefined,
  ) {
    super(detail ?? title);
  }
}

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT';
  /** Sent as JSON, or as it is when it is a form with files. */
  body?: unknown;
  /** A receipt or session code; without it the browser's own sign-in cookie speaks. */
  code?: { kind: 'Receipt' | 'Session'; value: string } | undefined;
  idempotencyKey?: string | undefined;
  ifMatch?: string | undefined;
  signal?: AbortSignal | undefined;
}

export interface Answer<T> {
  data: T;
  etag: string | null;
}

/** Calls the API and gives the parsed body with its ETag. Throws `Problem` for everything else. */
export async function call<T>(path: string, options: RequestOptions = {}): Promise<Answer<T>> {
  const headers = new Headers({ accept: 'application/json' });
  if (options.code) headers.set('authorization', `${options.code.kind} ${options.code.value}`);
  if (options.idempotencyKey) headers.set('idempotency-key', options.idempotencyKey);
  if (options.ifMatch) headers.set('if-match', options.ifMatch);
  const isForm = options.body instanceof FormData;
  if (options.body !== undefined && !isForm) headers.set('content-type', 'application/json');
  let response: Response;
  try {
    response = await fetch(path, {
      method: options.method ?? 'GET',
      headers,
      credentials: 'same-origin',
      body:
        options.body instanceof FormData
          ? options.body
          : options.body === undefined
            ? null
            : JSON.stringify(options.body),
      signal: options.signal ?? null,
    });
  } catch (lost) {
    if (lost instanceof DOMException && lost.name === 'AbortError') throw lost;
    throw new Problem(
      0,
      'No connection',
      'We could not reach the server. Check your connection and try again.',
      [],
      undefined,
    );
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw problemFrom(response, body);
  return { data: body as T, etag: response.headers.get('etag') };
}

export async function get<T>(
  path: string,
  options: Omit<RequestOptions, 'method' | 'body'> = {},
): Promise<T> {
  return (await call<T>(path, options)).data;
}

export async function post<T>(
  path: string,
  body: unknown,
  options: Omit<RequestOptions, 'method' | 'body'> = {},
): Promise<T> {
  const idempotencyKey = options.idempotencyKey ?? newKey();
  return (await call<T>(path, { ...options, method: 'POST', body, idempotencyKey })).data;
}

/** `/path?a=1`, leaving out what is empty. */
export function withQuery(path: string, query: Record<string, string | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) search.set(name, value);
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

/** A UUID. `crypto.randomUUID` is missing where a district serves plain http on its own network. */
export function newKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function problemFrom(response: Response, body: unknown): Problem {
  const fields = isRecord(body) ? body : {};
  const errors = Array.isArray(fields['errors']) ? fields['errors'].filter(isFieldError) : [];
  const allowed = Array.isArray(fields['allowed']) ? fields['allowed'].map(String) : undefined;
  const title =
    typeof fields['title'] === 'string' ? fields['title'] : response.statusText || 'Something went wrong';
  const detail = typeof fields['detail'] === 'string' ? fields['detail'] : undefined;
  return new Problem(response.status, title, detail, errors, allowed);
}

function isFieldError(value: unknown): value is FieldError {
  return isRecord(value) && typeof value['field'] === 'string' && typeof value['message'] === 'string';
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

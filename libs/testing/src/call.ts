/** A call over the public API, through the gateway. */
export interface Call {
  /** A bearer token, `Receipt CODE` or `Session CODE`. */
  auth?: string;
  body?: unknown;
  form?: FormData;
  key?: string;
  ifMatch?: string;
  headers?: Record<string, string>;
  /** A body that is sent as it is, with its content type in `headers`. */
  raw?: string | Uint8Array<ArrayBuffer>;
  /** The address of an instance that is called directly, past the gateway. */
  at?: string;
  /** Gives up after so many ms, with an error. */
  within?: number;
}

export interface Reply<T> {
  status: number;
  headers: Headers;
  body: T;
}

export async function callApi<T>(url: string, method: string, call: Call = {}): Promise<Reply<T>> {
  const { auth, body, form, key, ifMatch, headers, raw, within } = call;
  const content = raw ?? form ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(url, {
    method,
    headers: {
      ...(auth && { authorization: auth }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key && { 'idempotency-key': key }),
      ...(ifMatch && { 'if-match': ifMatch }),
      ...headers,
    },
    ...(content !== undefined && { body: content }),
    ...(within && { signal: AbortSignal.timeout(within) }),
  });
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json');
  return { status: response.status, headers: response.headers, body: (json ? JSON.parse(text) : text) as T };
}

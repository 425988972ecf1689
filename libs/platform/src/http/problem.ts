/** RFC 9457 problem details as an exception. */
export interface FieldError {
  field: string;
  rule: string;
  message: string;
}

export interface ProblemExtras {
  detail?: string;
  errors?: FieldError[];
  /** Response headers, for example Retry-After. */
  headers?: Record<string, string>;
  /** Further members of the document. */
  more?: Record<string, unknown>;
}

const titles: Record<number, string> = {
  400: 'The request cannot be read',
  401: 'Sign in, or show your receipt',
  403: 'You may not do this',
  404: 'There is no such thing',
  409: 'Not in this state',
  412: 'It has changed since you read it',
  413: 'The request is too large',
  415: 'This content type is not read here',
  422: 'A field breaks a rule',
  428: 'If-Match is needed',
  429: 'Too many requests',
  500: 'Something failed on our side',
  503: 'Not available right now',
};

export class Problem extends Error {
  readonly title: string;

  constructor(
    readonly status: number,
    title?: string,
    readonly extras: ProblemExtras = {},
  ) {
    super(extras.detail ?? title ?? titles[status] ?? `HTTP ${status}`);
    this.name = 'Problem';
    this.title = title ?? titles[status] ?? `HTTP ${status}`;
  }

  /** The document that goes out. */
  body(): Record<string, unknown> {
    const { detail, errors, more } = this.extras;
    return {
      type: 'about:blank',
      title: this.title,
      status: this.status,
      ...(detail && { detail }),
      ...(errors && { errors }),
      ...more,
    };
  }
}

/** 422 for one field. */
export function invalid(field: string, rule: string, message: string): Problem {
  return new Problem(422, undefined, { detail: message, errors: [{ field, rule, message }] });
}

/** 503: the write could not be made durable, or its result is not known; the same Idempotency-Key tells on retry. */
export function unavailable(detail: string, retryAfterSeconds = 1): Problem {
  return new Problem(503, undefined, { detail, headers: { 'retry-after': String(retryAfterSeconds) } });
}

/**
 * What one participant said, sealed under the session's key. It carries no time, and in an anonymous session nothing
 * of the code that it came with: see sessions/session.ts for how the two are kept apart.
 */
export interface Response {
  sessionId: string;
  /** ResponseWords, as a JWE. */
  sealed: string;
  /** The number of the code, in a session that is not anonymous. */
  codeNo?: number;
}

/** What `sealed` of a response holds: one answer a question, in their order; an empty one was skipped. */
export interface ResponseWords {
  answers: string[];
}

/** An internal fact, published to nobody. */
export interface ResponseGiven extends Response {
  type: 'response.given';
}

export function evolveResponse(_state: Response | undefined, event: ResponseGiven): Response {
  const { type: _, ...response } = event;
  return response;
}

/** What a token is asked for; what is left out comes from the demo person of the role. */
export interface TokenRequest {
  /** student, adviser, representative, member, lead, leader, it, import or partner. */
  as: string;
  org?: string | string[];
  team?: string | string[];
  sub?: string;
  district?: string;
  name?: string;
  /** For how long, in seconds; 12 hours unless told. */
  seconds?: number;
}

/**
 * A bearer token signed with the development issuer's key (in HEARBACK_DATA, made when it is not there yet).
 * Rejects with an Error that says what is wrong: an unknown role, a project that is not built.
 */
export function mintToken(request: TokenRequest): Promise<string>;

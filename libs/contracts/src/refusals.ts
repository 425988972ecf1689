/** Why a rule says no. Thrown by pure code; the edge turns each into its problem details. */

/** 422: a field breaks a rule. */
export class RuleBroken extends Error {
  constructor(
    readonly field: string,
    readonly rule: string,
    message: string,
  ) {
    super(message);
    this.name = 'RuleBroken';
  }
}

/** 409: the state does not allow the action; `allowed` names what it does. */
export class StateRefuses extends Error {
  constructor(
    readonly action: string,
    readonly state: string,
    readonly allowed: readonly string[],
    detail = '',
  ) {
    super(
      `cannot ${action} while ${state}${detail && `: ${detail}`}` +
        (allowed.length > 0 ? `; allowed: ${allowed.join(', ')}` : ''),
    );
    this.name = 'StateRefuses';
  }
}

/** 403: this person may not do it. */
export class NotPermitted extends Error {
  override readonly name = 'NotPermitted';
}

/** 404: there is no such thing for this caller. */
export class Unknown extends Error {
  constructor(what: string) {
    super(`no such ${what}`);
    this.name = 'Unknown';
  }
}

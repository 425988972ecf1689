import { Injectable } from '@nestjs/common';
import { NotPermitted, Unknown } from '#contracts';
import { KeyRing, seal } from '#messaging';
import type { Loaded } from '#messaging';
import { OrganisationTree } from '#organisations';
import { Problem, sameBody, unavailable } from '#platform';
import type { Caller, Command } from '#platform';
import { marksOf } from '../routing/hidden.js';
import { unassigned } from '../routing/route.js';
import { RoutingSnapshot } from '../routing/routing.snapshot.js';
import { caseState } from './case.js';
import type { Case } from './case.js';
import type { CaseEvent } from './case-event.js';
import { CaseStore } from './case.store.js';
import { allowed, sideOf } from './rules/may.js';
import type { By } from './rules/may.js';

/** What every command on a case answers with. */
export class CaseStanding {
  caseId!: string;
  /** open, waiting, answered, closed or handed-on. */
  state!: string;
  /** For the next If-Match. */
  version!: number;
  /** What this person may do next. */
  allowed!: string[];
}

/** What the slices of a case share: who acts, which case, whose key, done once. */
@Injectable()
export class Desk {
  constructor(
    private readonly cases: CaseStore,
    private readonly routing: RoutingSnapshot,
    private readonly tree: OrganisationTree,
    private readonly keys: KeyRing,
  ) {}

  /** A member acts for the teams of the token; a lead for all teams of their organisations and below, too. */
  async by(caller: Caller): Promise<By> {
    const { district, orgs, sub } = caller;
    const { teams } = await this.routing.fresh(district);
    const lead = caller.roles.includes('lead');
    const own = teams.filter((team) => caller.teams.includes(team.teamId));
    const reached = new Set(lead ? orgs.flatMap((orgId) => this.tree.within(district, orgId)) : []);
    const led = teams.filter((team) => reached.has(team.orgId)).map((team) => team.teamId);
    return {
      userId: sub!,
      lead,
      teams: [...new Set([...caller.teams, ...led, ...(lead ? [unassigned] : [])])],
      marks: marksOf({ teams: caller.teams, orgs, teamOrgs: own.map((team) => team.orgId), lead }),
    };
  }

  /** One case of this person's. @throws Unknown (404) when there is none for them, NotPermitted (403) for another team's. */
  async open(caller: Caller, caseId: string): Promise<Loaded<Case> & { by: By }> {
    const by = await this.by(caller);
    const found = await this.cases.load(caller.district, caseId);
    if (!found) throw new Unknown('case');
    sideOf(found.state, by);
    return { ...found, by };
  }

  /**
   * Words under the key of each input that is named, or of all. Needed only where something is written.
   * @throws Problem 503 with Retry-After while a key is on its way.
   */
  async sealed(
    caller: Caller,
    state: Case,
    words: object,
    inputIds?: readonly string[],
  ): Promise<Record<string, string>> {
    const wanted = state.inputs.filter(
      (input) => !input.erased && (inputIds?.includes(input.inputId) ?? true),
    );
    const sealed: Record<string, string> = {};
    for (const { inputId } of wanted) {
      const key = await this.keys.keyOf(caller.district, inputId);
      if (!key) throw unavailable('The key of this input has not come yet; try again in a second.');
      sealed[inputId] = seal(key, words);
    }
    return sealed;
  }

  /** A note's words, under the key of the case's first input: they go when it goes. */
  async sealedNote(caller: Caller, state: Case, text: string): Promise<string> {
    const first = state.inputs[0]!.inputId;
    const sealed = await this.sealed(caller, state, { text }, [first]);
    // Erased: the rules refuse the note; no words of it are kept.
    return sealed[first] ?? '';
  }

  /** Decides on the newest state and writes; a command whose id was taken before changes nothing. */
  async change(
    caller: Caller,
    caseId: string,
    by: By,
    decide: (state: Case) => CaseEvent[],
    guard: { command?: Command; ifRevision?: number } = {},
  ): Promise<CaseStanding> {
    const { command, ifRevision } = guard;
    const { state } = await this.cases.change(caller.district, caseId, (current) => {
      if (command && this.taken(current, command)) return [];
      refuseUnlessRead(current, ifRevision);
      const events = decide(current);
      return command && events.length > 0
        ? [...events, { type: 'command-taken', id: command.id, digest: command.digest }]
        : events;
    });
    return this.standing(state, by);
  }

  /** Whether this command was done already. @throws Problem 422 when it came with another body then. */
  taken(state: Case, command: Command): boolean {
    const before = state.commands.find((one) => one.id === command.id);
    if (before) sameBody(command, before.digest);
    return before !== undefined;
  }

  standing(state: Case, by: By): CaseStanding {
    return {
      caseId: state.caseId,
      state: caseState(state),
      version: state.revision,
      allowed: allowedNow(state, by),
    };
  }
}

/** If-Match: nobody acts on what has changed since they read it. @throws Problem 412. */
function refuseUnlessRead(state: Case, ifRevision: number | undefined): void {
  if (ifRevision === undefined || ifRevision === state.revision) return;
  throw new Problem(412, undefined, { detail: `It is at version ${state.revision} now; read it again.` });
}

/** A transfer may take the case out of this person's hands: then nothing is allowed. */
function allowedNow(state: Case, by: By): string[] {
  try {
    return allowed(state, by);
  } catch (error) {
    if (error instanceof NotPermitted || error instanceof Unknown) return [];
    throw error;
  }
}

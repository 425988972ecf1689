import { NotPermitted } from '#contracts';
import type { Caller } from '#platform';

/** What a token says of how far its holder reaches. */
export type Reach = Pick<Caller, 'roles' | 'orgs'>;

/** The part of an organisation tree that a scope needs; ids only. */
export interface Ancestry {
  /** Ids from the parent of an organisation up to the top. */
  above(orgId: string): readonly string[];
}

/** Whether an organisation is one of the caller's own, or below one; `it`, who run the services, reach the district. */
export function reaches(caller: Reach, orgId: string, tree: Ancestry): boolean {
  if (caller.roles.includes('it')) return true;
  return caller.orgs.includes(orgId) || tree.above(orgId).some((above) => caller.orgs.includes(above));
}

/**
 * Whether this caller may count and open what its originator wants unseen by the school: only from above that school.
 */
export function reachesFromAbove(caller: Reach, orgId: string, tree: Ancestry): boolean {
  if (caller.roles.includes('it')) return true;
  return tree.above(orgId).some((above) => caller.orgs.includes(above));
}

/** Whether one of the caller's own organisations is this one, or below it. */
export function belongsTo(caller: Reach, orgId: string, tree: Ancestry): boolean {
  return caller.orgs.some((own) => own === orgId || tree.above(own).includes(orgId));
}

/** @throws NotPermitted (403) for an organisation outside the caller's. */
export function refuseBeyondScope(caller: Reach, orgId: string, tree: Ancestry): void {
  if (!reaches(caller, orgId, tree)) {
    throw new NotPermitted(`${orgId} is not one of your organisations, nor below one`);
  }
}

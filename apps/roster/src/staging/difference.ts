import { personOf, roleAndOrg } from './people.js';
import type { Person } from './people.js';
import type { PersonChange } from './settle-people.js';

/**
 * People of one role at one organisation. `changed`: still there, with another grade, account, student or group;
 * `disabled`: of these, whose account was switched off.
 */
export interface RoleDifference {
  orgId: string;
  role: string;
  added: number;
  gone: number;
  changed: number;
  disabled: number;
}

/** People, each once. `disabled`, of those changed: whose account was switched off. */
export interface PeopleTotals {
  added: number;
  gone: number;
  changed: number;
  disabled: number;
}

/** What a generation changes about people, counted by organisation and role as each change is told. */
export class PeopleDifference {
  private readonly roles = new Map<string, RoleDifference>();
  private readonly leaving = new Map<string, number>();
  private readonly count: PeopleTotals = { added: 0, gone: 0, changed: 0, disabled: 0 };

  readonly take = ({ before, after }: PersonChange): void => {
    if (before === undefined) this.count.added += 1;
    else if (after === undefined) this.count.gone += 1;
    else this.count.changed += 1;
    const [was, is] = [before, after].map((text) => (text === undefined ? undefined : personOf(text)));
    const had = new Set(was?.memberships);
    const has = new Set(is?.memberships);
    const disabled = was?.enabled === 'true' && is?.enabled === 'false';
    if (disabled) this.count.disabled += 1;
    const isOther = facts(was) !== facts(is);
    for (const one of has) {
      const role = this.role(one);
      if (!had.has(one)) role.added += 1;
      else if (isOther) role.changed += 1;
      if (disabled && had.has(one)) role.disabled += 1;
    }
    for (const one of had) if (!has.has(one)) this.role(one).gone += 1;
    const there = new Set([...has].map((one) => roleAndOrg(one)[1]));
    for (const orgId of new Set([...had].map((one) => roleAndOrg(one)[1])))
      if (!there.has(orgId)) this.leaving.set(orgId, (this.leaving.get(orgId) ?? 0) + 1);
  };

  totals(): PeopleTotals {
    return this.count;
  }

  /** By organisation, then role. */
  byRole(): RoleDifference[] {
    return [...this.roles]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, one]) => one)
      .filter(({ added, gone, changed }) => added + gone + changed > 0);
  }

  /** How many people each organisation loses altogether, in whichever role they were there. */
  losses(): ReadonlyMap<string, number> {
    return this.leaving;
  }

  private role(one: string): RoleDifference {
    const [role, orgId] = roleAndOrg(one);
    const key = `${orgId}\u0000${role}`;
    let found = this.roles.get(key);
    if (!found) this.roles.set(key, (found = { orgId, role, added: 0, gone: 0, changed: 0, disabled: 0 }));
    return found;
  }
}

/** What is said of a person beside their roles. */
function facts(person: Person | undefined): string | undefined {
  return person && [person.enabled, person.grade, ...person.speaksFor, ...person.codes].join('\t');
}

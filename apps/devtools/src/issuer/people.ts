import { readFile } from 'node:fs/promises';

/** The roles that a token may carry. */
export const ROLES = [
  'student',
  'adviser',
  'representative',
  'member',
  'lead',
  'leader',
  'it',
  'import',
  'partner',
] as const;
export type TokenRole = (typeof ROLES)[number];

/** Someone who can sign in to the demo. The password is public: this issuer is for development alone. */
export interface Person {
  /** The user name, and the `sub` of this person's tokens. */
  user: string;
  password: string;
  name: string;
  roles: TokenRole[];
  /** Organisation ids; the person's scope is these and everything below them. */
  orgs: string[];
  teams: string[];
  /** What the sign-in page says about them. */
  about: string;
}

/** What a token says about a person, beside `sub`. */
export interface PersonClaims {
  district: string;
  name: string;
  roles: TokenRole[];
  orgs: string[];
  teams: string[];
}

/** The demo people, from people.json of the demo folder. */
export async function demoPeople(demo: string): Promise<Person[]> {
  const { people } = JSON.parse(await readFile(`${demo}/people.json`, 'utf8')) as { people: Person[] };
  return people;
}

export function claimsOf(person: Person, district: string): PersonClaims {
  const { name, roles, orgs, teams } = person;
  return { district, name, roles, orgs, teams };
}

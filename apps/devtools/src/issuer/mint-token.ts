import { readFile } from 'node:fs/promises';
import { importJWK, SignJWT } from 'jose';
import { type Settings, settingsFrom } from '../settings.js';
import { demoPeople, type Person, type PersonClaims, ROLES, type TokenRole } from './people.js';
import { SIGNING_ALGORITHM, signingKey } from './signing-key.js';

/** Services accept tokens for this audience only. */
export const AUDIENCE = 'hearback';

export interface TokenRequest {
  /** One of the token roles. */
  as: string;
  org?: string | string[] | undefined;
  team?: string | string[] | undefined;
  /** Who is speaking; the same request without it always gives the same person. */
  sub?: string | undefined;
  district?: string | undefined;
  name?: string | undefined;
  /** For how long, in seconds; 12 hours unless told. */
  seconds?: number | undefined;
}

/**
 * A bearer token signed with the development issuer's key, as the issuer itself would give it. What is left
 * out comes from the demo person of that role; a team without an organisation brings its own organisation.
 * Throws an Error that names the roles when the role is none of them.
 */
export async function mintToken(request: TokenRequest, settings: Settings = settingsFrom(process.env)) {
  const { sub, ...claims } = await identityOf(request, settings);
  const key = await signingKey(settings.data);
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid: key.kid, typ: 'at+jwt' })
    .setIssuer(settings.issuer)
    .setAudience(AUDIENCE)
    .setSubject(sub)
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + (request.seconds ?? 12 * 60 * 60))
    .sign(await importJWK(key, SIGNING_ALGORITHM));
}

async function identityOf(
  request: TokenRequest,
  settings: Settings,
): Promise<PersonClaims & { sub: string }> {
  const role = ROLES.find((known) => known === request.as);
  if (!role) {
    throw new Error(
      `${request.as ? `unknown role ${request.as}` : 'no role'}: use one of ${ROLES.join(', ')}`,
    );
  }
  const person = (await demoPeople(settings.demo)).find(({ roles }) => roles.includes(role));
  const teams = listOf(request.team) ?? person?.teams ?? [];
  const orgs = listOf(request.org) ?? (await orgsOf(request, person, settings.demo));
  return {
    sub: request.sub ?? subjectOf(role, request, person),
    district: request.district ?? settings.district,
    name: request.name ?? (scoped(request) ? undefined : person?.name) ?? `Demo ${role}`,
    roles: [role],
    orgs,
    teams,
  };
}

async function orgsOf(request: TokenRequest, person: Person | undefined, demo: string): Promise<string[]> {
  const wanted = listOf(request.team);
  if (!wanted) return person?.orgs ?? ['00417'];
  const { teams } = JSON.parse(await readFile(`${demo}/teams.json`, 'utf8')) as {
    teams: { teamId: string; orgId: string }[];
  };
  const own = teams.filter(({ teamId }) => wanted.includes(teamId)).map(({ orgId }) => orgId);
  return own.length > 0 ? [...new Set(own)] : (person?.orgs ?? ['00417']);
}

// Another team or organisation is another person: two offices must not look like one colleague.
function subjectOf(role: TokenRole, request: TokenRequest, person: Person | undefined): string {
  const scope = [...(listOf(request.team) ?? []), ...(listOf(request.org) ?? [])];
  return scope.length > 0 || !person ? [role, ...scope].join('-') : person.user;
}

const scoped = (request: TokenRequest): boolean => Boolean(request.org ?? request.team ?? request.sub);

function listOf(value: string | string[] | undefined): string[] | undefined {
  if (value === undefined) return undefined;
  const list = [value].flat().flatMap((part) => part.split(','));
  return list.map((part) => part.trim()).filter((part) => part !== '');
}

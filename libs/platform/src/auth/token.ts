import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { config } from '../config.js';
import { trustedDistrict } from '../district.js';
import { Problem, unavailable } from '../http/problem.js';
import { tokenRoles } from './allow.js';
import type { TokenRole } from './allow.js';
import type { Caller } from './caller.js';
import { isInstallationToken, verifiedInstallationToken } from './installation-token.js';

let keys: JWTVerifyGetKey | undefined;

/**
 * Checks a bearer token: signature against the issuer's published keys (or the installation's own, for a token of its
 * services), issuer, audience `hearback`, expiry, district.
 * @throws Problem 401 with the reason; 503 when the issuer's keys cannot be read.
 */
export async function verifyToken(token: string): Promise<Caller> {
  const { issuer } = config();
  // Kept until a token names a key that is not among them: an issuer that is away stops nobody who has a token.
  keys ??= createRemoteJWKSet(new URL(config().jwks), {
    cooldownDuration: 2_000,
    timeoutDuration: 5_000,
    cacheMaxAge: Infinity,
  });
  try {
    if (isInstallationToken(token)) return callerOf(await verifiedInstallationToken(token));
    const { payload } = await jwtVerify(token, keys, { issuer, audience: 'hearback', clockTolerance: 5 });
    return callerOf(payload);
  } catch (error) {
    if (error instanceof Problem) throw error;
    if (error instanceof errors.JOSEError && error.code !== 'ERR_JWKS_TIMEOUT') {
      if (error.code === 'ERR_JOSE_GENERIC')
        throw unavailable(`The issuer at ${issuer} did not give its keys.`);
      throw new Problem(401, undefined, { detail: `The token is not accepted: ${error.message}` });
    }
    throw unavailable(`The issuer at ${issuer} does not answer; tokens cannot be checked.`);
  }
}

function callerOf(payload: JWTPayload): Caller {
  const district = payload['district'];
  if (typeof district !== 'string' || !payload.sub || !config().districts.some((d) => d.id === district)) {
    throw new Problem(401, undefined, {
      detail: 'The token names no person, or no district of this installation.',
    });
  }
  return {
    kind: 'token',
    district: trustedDistrict(district),
    sub: payload.sub,
    name: typeof payload['name'] === 'string' ? payload['name'] : payload.sub,
    roles: strings(payload['roles']).filter((role): role is TokenRole =>
      (tokenRoles as readonly string[]).includes(role),
    ),
    orgs: strings(payload['orgs']),
    teams: strings(payload['teams']),
  };
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

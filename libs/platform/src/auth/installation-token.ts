import { hkdfSync } from 'node:crypto';
import { SignJWT, decodeProtectedHeader, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { config } from '../config.js';
import type { District } from '../district.js';

/** Names the key in a token's header, and nothing that an issuer publishes. */
const keyId = 'hearback-installation';
const issuer = 'urn:hearback:installation';
const seconds = 60;

/**
 * A bearer token with which a service of this installation asks another by itself, when no person stands behind the
 * call: IT of one district, for a minute (docs/adr/0024). `actor` is its subject, for logs and records.
 */
export function installationToken(district: District, actor: string): Promise<string> {
  return new SignJWT({ district, roles: ['it'] })
    .setProtectedHeader({ alg: 'HS256', kid: keyId, typ: 'at+jwt' })
    .setIssuer(issuer)
    .setAudience('hearback')
    .setSubject(actor)
    .setIssuedAt()
    .setExpirationTime(`${seconds}s`)
    .sign(key());
}

/** Whether a token says that the installation itself signed it; its signature is still to be checked. */
export function isInstallationToken(token: string): boolean {
  try {
    return decodeProtectedHeader(token).kid === keyId;
  } catch {
    return false;
  }
}

/** @throws jose's error unless it was signed here, within the last minute. */
export async function verifiedInstallationToken(token: string): Promise<JWTPayload> {
  const { payload } = await jwtVerify(token, key(), {
    algorithms: ['HS256'],
    issuer,
    audience: 'hearback',
    maxTokenAge: seconds,
    clockTolerance: 5,
  });
  return payload;
}

let derived: Uint8Array | undefined;

/** Of its own, so that no other secret of the installation passes for it. */
function key(): Uint8Array {
  derived ??= new Uint8Array(hkdfSync('sha256', config().secret, 'hearback', 'installation tokens', 32));
  return derived;
}
